package app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** An HTTP service on the JDK alone. It listens on $PORT. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = makeServer(port);
    // Kubernetes stops a pod with SIGTERM and waits for the requests under way.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(5)));
    server.start();
    System.out.println("listening on :" + port);
  }

  /** A server on every address; port 0 takes a free one. */
  static HttpServer makeServer(int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", Main::handle);
    return server;
  }

  /** The text for a path, or null where there is nothing. */
  static String answer(String path) {
    switch (path) {
      case "/healthz":
        return "ok\n";
      case "/":
        return "Hello from orders\n";
      default:
        return null;
    }
  }

  private static void handle(HttpExchange exchange) throws IOException {
    String text = answer(exchange.getRequestURI().getPath());
    byte[] body = (text == null ? "not found\n" : text).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(text == null ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
