"""The local port of `draft connect`, with real connections and no cluster."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipelinekit.adapters import door as doors
from pipelinekit.adapters.door import Door
from pipelinekit.errors import Refused
from tests.freeports import free


@contextmanager
def saying(word: bytes) -> Iterator[int]:
    """The port of a server that says this word to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.sendall(word)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def opened() -> Iterator[Door]:
    door = Door(free())
    try:
        yield door
    finally:
        door.close()


def heard(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as found:
        return found.recv(100)


def test_who_comes_while_nobody_is_behind_it_waits_for_whoever_is_next() -> None:
    with opened() as door, saying(b"one") as one, saying(b"two") as two:
        got: list[bytes] = []
        waiting = threading.Thread(target=lambda: got.append(heard(door.port)))
        waiting.start()
        time.sleep(0.3)
        assert got == []
        door.lead_to(one)
        waiting.join(20)
        door.lead_to(two)
        assert (got, heard(door.port)) == ([b"one"], b"two")


def test_one_behind_it_that_takes_nobody_is_waited_out() -> None:
    with opened() as door, saying(b"one") as one:
        door.lead_to(free())
        threading.Timer(0.3, door.lead_to, [one]).start()
        assert heard(door.port) == b"one"


@pytest.mark.parametrize("refused", [errno.EMFILE, errno.ECONNABORTED, errno.ENOBUFS])
def test_a_connection_that_the_system_refuses_closes_the_door_to_no_other(refused: int) -> None:
    with opened() as door, saying(b"one") as one:
        door.lead_to(one)
        assert heard(door.port) == b"one"
        # As where all of the machine's files are used up, for a moment.
        there, said = door._listening, threading.Event()

        class Refusing:
            def accept(self) -> Any:
                door._listening = there
                said.set()
                raise OSError(refused, "no more of them")

        door._listening = Refusing()  # type: ignore[assignment]
        heard(door.port)
        assert said.wait(20)
        assert heard(door.port) == b"one"


def test_a_thread_that_the_system_refuses_closes_the_door_to_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened() as door, saying(b"one") as one:
        door.lead_to(one)
        begin, left = threading.Thread.start, [1]

        def start(thread: threading.Thread) -> None:
            if left and thread._target == door._serve:  # type: ignore[attr-defined]
                left.pop()
                raise RuntimeError("can't start new thread")
            begin(thread)

        monkeypatch.setattr(doors.threading.Thread, "start", start)  # type: ignore[attr-defined]
        assert heard(door.port) == b""
        assert heard(door.port) == b"one"


def test_a_closed_door_lets_its_port_and_whoever_waits_go() -> None:
    with opened() as door:
        got: list[bytes] = []
        waiting = threading.Thread(target=lambda: got.append(heard(door.port)))
        waiting.start()
        time.sleep(0.2)
        door.close()
        waiting.join(20)
        assert got == [b""]
        Door(door.port).close()


def test_a_port_that_somebody_has_is_said() -> None:
    with opened() as door, pytest.raises(Refused, match=f"local port {door.port} is busy"):
        Door(door.port)
