"""The Job for log lines before what is no such server: one line, and no password elsewhere."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from tests.charts.programs import Slow, imported
from tests.pages.charts import CHARTS

Server = Callable[[str], Any]
"""The program's server at an address."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with imported(CHARTS / "logs" / "chart" / "files", monkeypatch) as program:
        module = program("server")
        monkeypatch.setattr(module, "TRIES", 0)
        yield lambda address: module.Server("Elasticsearch", address, ("elastic", "word"), tmp_path / "none")


@contextmanager
def saying(answer: str, heard: list[str]) -> Iterator[str]:
    """The address of somebody who answers so, whatever is asked."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                heard.append(line.decode())
            self.wfile.write(answer.encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{made.server_address[1]}"
        finally:
            made.shutdown()
            thread.join()


def said(status: str, body: str, header: str = "X: y") -> str:
    return f"HTTP/1.0 {status}\r\n{header}\r\n\r\n{body}"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_asked_to_whom_it_is_sent_on(server: Server, status: str, method: str) -> None:
    heard: list[str] = []
    with saying(said("200 OK", "{}"), heard) as other:
        with saying(said(status, "", f"Location: {other}/"), []) as address:
            one = server(address)
            with pytest.raises(Exception, match="leads elsewhere, where no password is sent") as refused:
                one.ask(method, "_ilm/policy/kubernetes", {} if method == "POST" else None)
        assert type(refused.value).__name__ == "Failed"
    assert heard == []


def waited_and_asked(one: Any) -> None:
    one.wait("_cluster/health")
    one.ask("GET", "_ilm/policy/kubernetes", missing=True)


GARBAGE = {
    "a page": said("200 OK", "<html>Log in</html>"),
    "a list": said("200 OK", "[1]"),
    "a word": said("200 OK", '"yes"'),
    "nothing": said("200 OK", ""),
    "deep": said("200 OK", "[" * 200_000),
    "no text": said("200 OK", "\x00\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}"),
    "no HTTP": "SSH-2.0-OpenSSH_9.2\r\n",
    "headers without end": "HTTP/1.0 200 OK\r\n" + "X: y\r\n" * 200,
    "a long header": f"HTTP/1.0 200 OK\r\nX: {'y' * 70_000}\r\n\r\n{{}}",
    "cut": said("200 OK", '{"a":', "Content-Length: 9"),
    "no chunks": said("200 OK", "zzz\r\n", "Transfer-Encoding: chunked").replace("1.0", "1.1"),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_answer_of_such_a_server_is_told_in_a_line(server: Server, answer: str) -> None:
    with saying(answer, []) as address, pytest.raises(Exception, match="Elasticsearch") as refused:
        waited_and_asked(server(address))
    assert type(refused.value).__name__ == "Failed"
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (URLError(socket.gaierror(-3, "Temporary failure in name resolution")), 3),
        (URLError(ConnectionRefusedError(111, "Connection refused")), 3),
        # Whoever hung up may have done it.
        (ConnectionResetError(104, "Connection reset by peer"), 1),
    ],
    ids=["no name", "nobody", "hung up"],
)
def test_what_nobody_got_is_asked_again(
    server: Server, monkeypatch: pytest.MonkeyPatch, fault: OSError, asked: int
) -> None:
    one, heard = server("http://127.0.0.1:9"), []
    monkeypatch.setitem(type(one).told.__globals__, "TRIES", 60)
    monkeypatch.setitem(type(one).told.__globals__, "PAUSE", 0.01)

    def send(*words: object) -> tuple[int, object]:
        heard.append(words)
        if len(heard) == 3:
            return 200, {}
        raise fault

    monkeypatch.setattr(one, "send", send)
    if asked == 1:
        with pytest.raises(Exception, match=r"Elasticsearch: PUT x: .*reset by peer"):
            one.ask("PUT", "x", {})
    else:
        assert one.ask("PUT", "x", {}) == {}
    assert len(heard) == asked


def test_who_is_let_through_to_nobody_is_told_so_before_the_job_s_time_is_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a policy drops takes each try half a minute; the Job has five."""
    one, clock = server("http://127.0.0.1:9"), Slow(URLError(TimeoutError("timed out")))
    monkeypatch.setitem(type(one).told.__globals__, "TRIES", 60)
    monkeypatch.setitem(type(one).told.__globals__, "time", clock)
    monkeypatch.setattr(one, "send", clock.send)
    for ask, words in ((one.wait, ["_cluster/health"]), (one.ask, ["GET", "x"])):
        before = clock.now
        with pytest.raises(Exception, match="timed out"):
            ask(*words)
        assert 120 <= clock.now - before < 160
