// What the service answers, on Node's own library alone.
import { createServer } from "node:http";

export function answer(path) {
  if (path === "/healthz") return [200, "ok\n"];
  if (path === "/") return [200, "Hello from orders\n"];
  return [404, "not found\n"];
}

export function makeServer() {
  return createServer((request, response) => {
    const [status, text] = answer(new URL(request.url, "http://localhost").pathname);
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
    response.end(text);
  });
}
