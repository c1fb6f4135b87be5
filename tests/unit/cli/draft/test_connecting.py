from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.adapters.cluster.pods import streams
from pipelinekit.cli.draft.connecting import Connection, Wanted
from pipelinekit.errors import failed
from tests import developers, examples

LINES = ("2026-01-01T10:00:00.1Z one", "2026-01-01T10:00:00.2Z two", "2026-01-01T09:00:00Z three")


def test_no_line_comes_twice_and_none_is_lost_when_the_clock_of_the_node_jumps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Any] = []

    def logs(*asked: Any) -> Any:
        *_, options, hear = asked
        begun.append(SimpleNamespace(ended=threading.Event(), hear=hear, options=options, reason=""))
        return begun[-1]

    monkeypatch.setattr(streams, "changes", lambda *_: SimpleNamespace(ended=threading.Event()))
    monkeypatch.setattr(streams, "logs", logs)
    here: Any = SimpleNamespace(kube={}, pods=developers.DraftPods((developers.pod("one"),)))
    held = Connection(here, examples.target(), Wanted(), {}, {})
    held.look()
    for line in LINES:
        begun[0].hear(line)
    assert capsys.readouterr().out == "one\ntwo\nthree\n"
    # It ends, and is begun again where it was: what comes once more is not told once more.
    begun[0].ended.set()
    held.look()
    assert begun[1].options == ["--since-time", "2026-01-01T09:00:00Z"]
    for line in (LINES[-1], "2026-01-01T09:00:01Z four"):
        begun[1].hear(line)
    assert capsys.readouterr().out == "four\n"


def test_an_api_server_that_goes_and_comes_is_told_once_and_ports_and_logs_come_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Tunnel:
        """One that leads to port 40000 and more, the later ones further up."""

        def __init__(self, kube: Any, target: Any, pod: str, remotes: Any, done: Any) -> None:
            self.pod = pod
            self.ports = {remotes[0]: 40000 + len(tunnels)}
            self.stream = stream()
            tunnels.append(self)

        def open(self, seconds: float) -> bool:
            return True

    def stream() -> Any:
        made = SimpleNamespace(ended=threading.Event(), stop=lambda: None, reason="")
        if away:
            made.ended.set()
        begun.append(made)
        return made

    def pods(_: Any) -> Any:
        if away:
            raise failed("cluster-unreachable", "the cluster does not answer")
        return (developers.pod("one"),)

    away, begun, tunnels, led = list[bool](), list[Any](), list[Tunnel](), list[int]()
    monkeypatch.setattr(streams, "changes", lambda *_: stream())
    monkeypatch.setattr(streams, "logs", lambda *_: stream())
    monkeypatch.setattr(streams, "Tunnel", Tunnel)
    here: Any = SimpleNamespace(kube={}, pods=SimpleNamespace(pods=pods))
    door: Any = SimpleNamespace(lead_to=led.append)
    held = Connection(here, examples.target(), Wanted(), {8080: 8080}, {8080: door})
    held.look()
    assert led == [40000]
    capsys.readouterr()
    away.append(True)
    for each in begun:
        each.ended.set()
    for _ in range(20):
        held.look()
    assert led == [40000, 0], "who calls meanwhile waits"
    said = capsys.readouterr()
    assert (said.err.count("does not answer"), said.err.count("come back by themselves")) == (1, 1)
    away.clear()
    held.look()
    held.look()
    assert led == [40000, 0, 40001]
    assert capsys.readouterr().err.count("answers again") == 1
    assert not held.changes.ended.is_set()
    assert [each.ended.is_set() for each in held.followed.values()] == [False]


@pytest.mark.parametrize("reason", ["", 'Error from server (Forbidden): pods "one" is forbidden'])
def test_a_port_and_a_log_that_one_may_not_have_are_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    def stream(*_: Any) -> Any:
        made = SimpleNamespace(ended=threading.Event(), stop=lambda: None, reason=reason)
        made.ended.set()
        return made

    class Tunnel:
        def __init__(self, *_: Any) -> None:
            self.stream = stream()

        def open(self, seconds: float) -> bool:
            return False

    for name, made in (("changes", stream), ("logs", stream), ("Tunnel", Tunnel)):
        monkeypatch.setattr(streams, name, made)
    here: Any = SimpleNamespace(kube={}, pods=developers.DraftPods((developers.pod("one"),)))
    held = Connection(here, examples.target(), Wanted(), {8080: 8080}, {})
    for _ in range(5):
        held.look()
    said = capsys.readouterr().err
    why = reason or "not open after 10 s"
    assert said.count(f"the ports of one are not forwarded: {why}") == 1
    assert said.count("there is no log of one to be seen") == bool(reason)
