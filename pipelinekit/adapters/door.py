"""A local port that stays open while what is behind it comes and goes."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time

from pipelinekit.errors import failed, refused

HELD = 30.0
"""Seconds that a connection waits for somebody to be behind the door."""
_PIECE = 64 * 1024
_PAUSE = 0.1
"""Seconds until what the system refuses is tried again."""


class Door:
    """Listens on 127.0.0.1; each connection goes to the port behind at that moment, or waits for one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._behind = 0
        self._changed = threading.Condition()
        self._closed = False
        self._listening = _listen(port)
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, port: int) -> None:
        """From now on connections go to this local port; 0: they wait."""
        with self._changed:
            self._behind = port
            self._changed.notify_all()

    def close(self) -> None:
        """Listen no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        # A thread in accept() would keep the port.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                # The machine's files may be used up by those who wait: some of them give up in time.
                time.sleep(_PAUSE)
                continue
            try:
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()
            except RuntimeError:
                caller.close()

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            other = self._connected()
            if other is None:
                return
            with other:
                back = threading.Thread(target=_pump, args=(other, caller), daemon=True)
                back.start()
                _pump(caller, other)
                back.join()

    def _connected(self) -> socket.socket | None:
        until = time.monotonic() + HELD
        while True:
            with self._changed:
                behind = self._behind
                left = until - time.monotonic()
                if left <= 0 or self._closed:
                    return None
                if not behind:
                    self._changed.wait(left)
                    continue
            try:
                return socket.create_connection(("127.0.0.1", behind), timeout=None)
            except OSError:
                with self._changed:
                    if self._behind == behind:
                        self._changed.wait(_PAUSE)


def _listen(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen(64)
    except OSError as error:
        found.close()
        hint = "whoever has it keeps it; another one: -p LOCAL:REMOTE"
        if error.errno == errno.EADDRINUSE:
            raise refused("port-busy", f"local port {port} is busy", hint=hint) from error
        problem = f"local port {port} cannot be opened: {error.strerror}"
        raise failed("port-closed", problem, hint=hint) from error
    return found


def _pump(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            to.sendall(piece)
    # The other way may go on: a client that has said all still reads.
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)
