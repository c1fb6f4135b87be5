"""A network that ends at a few addresses: a program in it reaches these, and nothing else that there is.

It is a network namespace with loopback alone. A way out is a listener in it at the address that is meant,
joined by a socket in a folder, which both sides see, to who goes on to that address from here.
"""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

PIECE = 64 * 1024
Address = tuple[str, int]


@dataclass(frozen=True)
class Cut:
    """`keeper` is the process whose network it is."""

    keeper: int

    def inside(self, *words: str) -> list[str]:
        """A command line that runs there."""
        return ["nsenter", f"--net=/proc/{self.keeper}/ns/net", *words]


@contextmanager
def cut(folder: Path, *ways: Address) -> Iterator[Cut]:
    """A network for the duration of the block, with a way to each of these addresses."""
    with ExitStack() as stack:
        for number, way in enumerate(ways):
            stack.enter_context(_serving(_Door(str(folder / f"{number}.sock"), way)))
        words = [sys.executable, "-m", "tests.real.cut", str(folder), json.dumps(ways)]
        keeper = stack.enter_context(
            subprocess.Popen(["unshare", "--net", *words], stdout=subprocess.PIPE, text=True)
        )
        stack.callback(keeper.kill)
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n"
        yield Cut(keeper.pid)


class _Door(socketserver.ThreadingUnixStreamServer):
    """Goes on to `way` from where it was made."""

    daemon_threads = True

    def __init__(self, path: str, way: Address) -> None:
        super().__init__(path, _ToAddress)
        self.way = way


class _Gate(socketserver.ThreadingTCPServer):
    """Listens at an address, and goes on to a door."""

    daemon_threads = True

    def __init__(self, at: Address, door: str) -> None:
        super().__init__(at, _ToDoor)
        self.door = door


class _ToAddress(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Door)
        with closing(socket.create_connection(self.server.way)) as there:
            _join(self.request, there)


class _ToDoor(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Gate)
        with closing(socket.socket(socket.AF_UNIX)) as there:
            there.connect(self.server.door)
            _join(self.request, there)


def _join(one: socket.socket, other: socket.socket) -> None:
    """Carry what each says to the other until both have ended."""
    back = threading.Thread(target=_carry, args=(other, one), daemon=True)
    back.start()
    _carry(one, other)
    back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(PIECE):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # Whoever went away: the other is not to wait for more.
        for each in (source, sink):
            each.close()


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _keep(folder: Path, ways: Sequence[Address]) -> None:
    """Be the network: loopback with these addresses, and who listens at them."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for host in sorted({host for host, _ in ways if not host.startswith("127.")}):
        subprocess.run(["ip", "address", "add", f"{host}/32", "dev", "lo"], check=True)
    gates = [_Gate((host, port), str(folder / f"{number}.sock")) for number, (host, port) in enumerate(ways)]
    for each in gates:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), [(host, port) for host, port in json.loads(sys.argv[2])])
