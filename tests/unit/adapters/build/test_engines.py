"""Whether the engine that would build is there, asked within bounds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import docker
import pytest
from docker.errors import DockerException

from pipelinekit.adapters.build.engines import CHOICE, require_answer
from pipelinekit.adapters.running import programs
from pipelinekit.errors import Fault, ToolMissing


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many seconds each engine was given; none answers."""
    found: list[int] = []

    def silent(*, timeout: int, **_: Any) -> None:
        found.append(timeout)
        raise DockerException("Error while fetching server API version: ConnectionRefusedError(111)")

    monkeypatch.setattr(docker, "from_env", silent)
    return found


def no_buildah(_: str) -> str:
    raise ToolMissing(Fault("tool-missing", "there is no buildah"))


def test_one_that_does_not_answer_is_told_with_where_it_should_be(
    monkeypatch: pytest.MonkeyPatch, asked: list[int]
) -> None:
    monkeypatch.setattr(programs, "find", no_buildah)
    with pytest.raises(ToolMissing, match="at its usual socket: nobody listens there"):
        require_answer({}, 5)
    assert asked == [5]


def test_where_buildah_builds_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, asked: list[int]) -> None:
    require_answer({CHOICE: "buildah"}, 5)
    assert asked == []
    monkeypatch.setattr(programs, "find", lambda _: "/usr/bin/buildah")
    require_answer({}, 5)
    # What somebody has named is not replaced behind their back.
    with pytest.raises(ToolMissing, match=r"at tcp://engine\.example"):
        require_answer({"DOCKER_HOST": "tcp://engine.example"}, 5)


def test_one_that_answers_is_left_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    made = SimpleNamespace(close=lambda: closed.append(True))
    monkeypatch.setattr(docker, "from_env", lambda **_: made)
    require_answer({}, 5)
    assert closed == [True]
