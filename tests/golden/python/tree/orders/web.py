"""What the service answers."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(path: str) -> tuple[int, str]:
    """The status and the text for a path."""
    if path == "/healthz":
        return 200, "ok\n"
    if path == "/":
        return 200, "Hello from orders\n"
    return 404, "not found\n"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, text = answer(self.path.partition("?")[0])
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        if self.path != "/healthz":
            super().log_message(format, *args)


def make_server(port: int) -> ThreadingHTTPServer:
    """A server on every address; port 0 takes a free one."""
    return ThreadingHTTPServer(("", port), Handler)
