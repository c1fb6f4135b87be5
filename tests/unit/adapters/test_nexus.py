"""Asking a Nexus again that nobody can reach yet."""

from __future__ import annotations

import pytest

from pipelinekit.adapters import nexus
from pipelinekit.errors import ToolFailed, failed


class _Server:
    """One that is not reached so often, and answers then; `at` is the time that has gone by."""

    def __init__(self, shut: int, code: str = "registry-unreachable") -> None:
        self.shut, self.code, self.asked, self.at = shut, code, 0, 0.0

    def ask(self) -> str:
        self.asked += 1
        if self.asked <= self.shut:
            raise failed(self.code, "nexus does not answer: Connection refused")
        return "said"

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def _asked(server: _Server, seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("pipelinekit.adapters.nexus.time.monotonic", lambda: server.at)
    return nexus.patiently(server.ask, seconds, sleep=server.sleep)


def test_one_that_is_shut_off_for_a_moment_is_asked_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Server(shut=3)
    assert _asked(server, 60, monkeypatch) == "said"
    assert server.asked == 4


@pytest.mark.parametrize(("seconds", "asked"), [(0, 1), (5, 6)])
def test_nobody_waits_for_longer_than_was_said(
    monkeypatch: pytest.MonkeyPatch, seconds: float, asked: int
) -> None:
    server = _Server(shut=100)
    with pytest.raises(ToolFailed, match="does not answer"):
        _asked(server, seconds, monkeypatch)
    assert (server.asked, server.at) == (asked, seconds)


def test_what_it_answers_is_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Server(shut=1, code="registry-denied")
    with pytest.raises(ToolFailed):
        _asked(server, 60, monkeypatch)
    assert server.asked == 1
