"""The HTTP side of the double: crumbs, accounts, faults, and what a restart looks like."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.controller.answers import Answers
from tests.controller.builds import Build
from tests.controller.faults import Fault
from tests.controller.messages import Answer, Request, getting_ready, no_crumb, oops, refused, signed_page
from tests.controller.routes import ROUTES
from tests.controller.state import Item, Refusal, State
from tests.controller.trees import BadTree

VERSION = "2.479.3"


@dataclass(frozen=True)
class Seen:
    """One request of the log: `status` 0 where the connection was cut."""

    method: str
    path: str
    status: int


class Controller:
    """A running double. `url` is where it is; `state` is to be changed under `lock`."""

    def __init__(self, state: State | None = None, port: int = 0, host: str = "127.0.0.1") -> None:
        self.state = state or State()
        self.answers = Answers(self.state)
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.starting = False
        self.host = host
        self._server = _Server((host, port), self)
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self.state.root_url = self.state.root_url or self.url
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._serving = self._serve()

    def _serve(self) -> threading.Thread:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        return thread

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, and let no build go on."""
        self._stopped.set()
        if self._serving.is_alive():
            self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()

    def down(self) -> None:
        """Nobody listens any more: connections are refused."""
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()

    def up(self, *, starting: bool = False) -> None:
        """Listen again at the same address, as another run of it; `starting` answers 503 at first."""
        with self.lock:
            self.state.restart()
            self.starting = starting
            self._server = _Server((self.host, self.port), self)
            self._serving = self._serve()

    def requests(self, method: str = "", path: str = "") -> list[Seen]:
        """The log's requests with that method, and that pattern in their path."""
        return [each for each in self.seen if method in ("", each.method) and re.search(path, each.path)]

    def posted(self) -> list[Seen]:
        """The POSTs that change something; an export of the configuration and our script are questions."""
        questions = ("/configuration-as-code/", "/scriptText")
        return [each for each in self.requests("POST") if not each.path.startswith(questions)]

    def run(self, item: Item, build: Build) -> None:
        """Let a build's script run, on a clock of its own."""

        def go() -> None:
            for pause in self.state.script(build):
                if self._stopped.wait(pause):
                    return

        thread = threading.Thread(target=go, daemon=True)
        self._threads.append(thread)
        thread.start()
        del item

    # --- one request ------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request; None cuts the connection."""
        full = request.path + (
            "?" + "&".join(f"{k}={v}" for k, v in request.query.items()) if request.query else ""
        )
        with self.lock:
            fault = next((each for each in self.faults if each.meets(request.method, full)), None)
        if fault and fault.kind == "slow":
            time.sleep(float(fault.detail or 1))
            fault = None
        with self.lock:
            answer = self._faulty(fault, request) if fault else self._answer(request)
            self.seen.append(Seen(request.method, full, answer.status if answer else 0))
            return answer

    def _faulty(self, fault: Fault, request: Request) -> Answer | None:
        if fault.kind == "drop":
            return None
        if fault.kind == "drop-after":
            self._answer(request)
            return None
        if fault.kind == "starting":
            return getting_ready()
        if fault.kind == "lost-crumb":
            self.state.crumbs.clear()
            return no_crumb()
        if fault.kind == "forbid":
            permission = fault.detail or "Job/Create"
            page = signed_page(403, f"{request.user or 'anonymous'} is missing the {permission} permission")
            page.headers["X-Required-Permission"] = f"hudson.model.Item.{permission.partition('/')[2]}"
            return page
        if fault.kind == "not-jenkins":
            return Answer(200, b"<html><body>Please log in to the proxy</body></html>", "text/html")
        return oops()

    def _answer(self, request: Request) -> Answer:
        if self.starting:
            return getting_ready()
        try:
            self._check(request)
            return self._route(request)
        except Refusal as refusal:
            return refused(refusal)
        except BadTree:
            return oops()

    def _check(self, request: Request) -> None:
        """Who it is, and whether a POST has a crumb of this session."""
        token = False
        if request.headers.get("authorization", "").startswith("Basic "):
            user, _, secret = base64.b64decode(request.headers["authorization"][6:]).decode().partition(":")
            known = self.state.users.get(user)
            if self.state.users and (known is None or secret not in known):
                raise Refusal(401)
            request.user, token = user, bool(known and secret == known[1])
        elif self.state.users and request.path != "/login":
            raise Refusal(403, "authentication")
        if request.method not in ("GET", "HEAD") and not token:
            crumb = request.headers.get("jenkins-crumb", "")
            if not crumb or self.state.crumbs.get(crumb) != (request.cookie or crumb):
                raise Refusal(403, "crumb")

    def _route(self, request: Request) -> Answer:
        canned = self.state.canned.get((request.method, request.path))
        if canned:
            return Answer(
                canned[0], canned[2].encode(), headers=dict(canned[1]), signed="X-Jenkins" in canned[1]
            )
        item, rest = self._item(request.path)
        for pattern, handler in ROUTES:
            match = re.fullmatch(pattern, rest)
            if match:
                return handler(self, request, item, match)
        raise Refusal(404)

    def _item(self, path: str) -> tuple[Item, str]:
        """The item that an address names, and what of the address is left; a missing one is a 404."""
        parts = path.lstrip("/").split("/")
        item = self.state.root
        while len(parts) >= 2 and parts[0] == "job":
            name = unquote(parts[1])
            found = next((each for key, each in item.children.items() if key.lower() == name.lower()), None)
            if found is None:
                # A branch's job has its name encoded; some clients encode once, some twice.
                found = next((each for key, each in item.children.items() if unquote(key) == name), None)
            if found is None:
                raise Refusal(404)
            item, parts = found, parts[2:]
        return item, "/".join(parts)


# --- the wire -------------------------------------------------------------------------------------


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], controller: Controller) -> None:
        self.controller = controller
        self.connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        return connection, address

    def close_connections(self) -> None:
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _go(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        cookie = re.search(r"JSESSIONID[^=]*=([^;]+)", self.headers.get("Cookie", ""))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            body,
            {key.lower(): value for key, value in self.headers.items()},
            cookie=cookie[1] if cookie else "",
        )
        answer = self.server.controller.answer(request)
        if answer is None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(answer.status)
        if answer.type:
            self.send_header("Content-Type", answer.type)
        if answer.signed:
            self.send_header("X-Jenkins", VERSION)
            self.send_header("X-Jenkins-Session", self.server.controller.state.session)
        for key, value in answer.headers.items():
            if not key.startswith("X-Jenkins"):
                self.send_header(key, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = do_HEAD = _go  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """The log is the controller's own."""


def watched(controller: Controller) -> Iterator[Controller]:
    """The controller, closed at the end: for fixtures."""
    try:
        yield controller
    finally:
        controller.close()
