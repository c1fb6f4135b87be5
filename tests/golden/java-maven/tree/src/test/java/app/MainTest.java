package app;

import com.sun.net.httpserver.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Surefire runs plain classes as well: no test library has to be fetched. */
public class MainTest {
  public void testTheFrontPageGreets() {
    assertEquals("Hello from orders\n", Main.answer("/"));
  }

  public void testAnUnknownPathIsNotFound() {
    assertEquals(null, Main.answer("/nowhere"));
  }

  public void testItSaysThatItIsHealthy() throws Exception {
    HttpServer server = Main.makeServer(0);
    server.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/healthz");
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode());
      assertEquals("ok\n", response.body());
    } finally {
      server.stop(0);
    }
  }

  private static void assertEquals(Object expected, Object found) {
    if (!java.util.Objects.equals(expected, found)) {
      throw new AssertionError("expected " + expected + ", found " + found);
    }
  }
}
