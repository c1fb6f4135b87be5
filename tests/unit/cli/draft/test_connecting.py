from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.adapters.cluster.pods import streams
from pipelinekit.cli.draft.connecting import Connection, Wanted
from tests import developers, examples

LINES = ("2026-01-01T10:00:00.1Z one", "2026-01-01T10:00:00.2Z two", "2026-01-01T09:00:00Z three")


def test_no_line_comes_twice_and_none_is_lost_when_the_clock_of_the_node_jumps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Any] = []

    def logs(*asked: Any) -> Any:
        *_, options, hear = asked
        begun.append(SimpleNamespace(ended=threading.Event(), hear=hear, options=options))
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
