"""Whoever is away is told once and looked for; what failed for it is tried again when all answer."""

from __future__ import annotations

import threading
from functools import partial
from itertools import pairwise
from typing import Any, cast

import pytest

from pipelinekit.cli.draft.rise import away
from pipelinekit.cli.draft.rise.away import LONGEST, Waiting
from pipelinekit.errors import Fault, PipelinekitError, ToolMissing, failed, refused
from tests import examples

ENGINE, REGISTRY = "the engine that builds", "registry images.example"
TARGET = examples.target()
CLUSTER = f"the API server of {TARGET.context}"


class World:
    """An engine, a registry and an API server; those that are `gone` raise what they are gone with."""

    def __init__(self) -> None:
        self.time = 100.0
        self.gone: dict[str, PipelinekitError] = {}
        self.asked: list[str] = []

    def questions(self, *_: object) -> dict[str, away.Question]:
        def ask(name: str) -> None:
            self.asked.append(name)
            if name in self.gone:
                raise self.gone[name]

        return {each: partial(ask, each) for each in (CLUSTER, ENGINE, REGISTRY)}

    def waiting(self) -> Waiting:
        return Waiting(cast("Any", None), TARGET, lambda: self.time)

    def passes(self, waiting: Waiting, seconds: float) -> list[float]:
        """After which seconds it is time for another try, or somebody was looked for."""
        looks, begun = [], self.time
        while self.time < begun + seconds:
            before = len(self.asked)
            if waiting.pending() or len(self.asked) > before:
                looks.append(self.time - begun)
            self.time += 0.25
        return looks


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    found = World()
    monkeypatch.setattr(away, "questions", found.questions)
    return found


GONE = {
    ENGINE: ToolMissing(Fault("engine-missing", "nobody listens")),
    REGISTRY: failed("registry-unreachable", "does not answer"),
    CLUSTER: failed("cluster-unreachable", "does not answer"),
}


@pytest.mark.parametrize("name", GONE)
def test_who_is_away_is_told_once_and_looked_for_less_and_less_often(
    world: World, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    waiting, world.gone = world.waiting(), {name: GONE[name]}
    # It says nothing of whom it failed for.
    waiting.failed(failed("deploy-failed", "helm: it was cut"))
    said = capsys.readouterr().err
    assert f"waiting for {name}: looked for after 1 s" in said
    assert "it goes on by itself" in said
    world.asked.clear()
    looks = world.passes(waiting, 180)
    assert looks[:5] == [1, 3, 7, 15, 31]
    assert max(after - before for before, after in pairwise(looks)) == LONGEST
    assert set(world.asked) == {name}
    assert capsys.readouterr().err == ""
    waiting.failed(GONE[name])
    assert capsys.readouterr().err == "", "told already"
    world.gone.clear()
    assert world.passes(waiting, LONGEST + 1)
    assert f"{name} answers again" in capsys.readouterr().err
    waiting.over()
    assert not world.passes(waiting, 120)
    assert not waiting.is_on


def test_it_goes_on_when_all_are_back(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    waiting, world.gone = world.waiting(), dict(GONE)
    waiting.failed(GONE[ENGINE])
    assert waiting.whom == (CLUSTER, ENGINE, REGISTRY)
    del world.gone[ENGINE], world.gone[REGISTRY]
    assert waiting.still()
    said = capsys.readouterr().err
    assert f"{ENGINE} answers again" in said
    assert f"{CLUSTER} answers again" not in said
    assert waiting.told == f"waiting for {CLUSTER}"
    world.gone.clear()
    assert not waiting.still()


def test_who_is_back_before_anybody_asks_is_tried_again(world: World) -> None:
    waiting = world.waiting()
    waiting.failed(failed("engine-lost", "cut in the middle"))
    assert waiting.whom == ()
    assert world.passes(waiting, 1.5) == [1, 1.25]
    waiting.failed(failed("engine-lost", "cut in the middle"))
    assert world.passes(waiting, 1.5) == [], "the next try comes later"
    assert world.passes(waiting, 1)


def test_what_does_not_come_of_an_absence_is_not_tried_again(world: World) -> None:
    waiting = world.waiting()
    waiting.failed(failed("build-failed", "exit code 1"))
    assert not world.passes(waiting, 60)
    world.asked.clear()
    world.gone = dict(GONE)
    waiting.failed(refused("guard", "not there"))
    assert (world.asked, waiting.is_on) == ([], False)


@pytest.mark.parametrize("code", ["registry-denied", "cluster-login", "engine-denied"])
def test_who_lets_nobody_in_is_there(world: World, code: str) -> None:
    waiting = world.waiting()
    world.gone = dict.fromkeys(GONE, failed(code, "you may not"))
    waiting.failed(failed("push-failed", "denied"))
    assert not waiting.is_on


def test_who_saves_meanwhile_puts_no_look_off(world: World) -> None:
    waiting, world.gone = world.waiting(), {ENGINE: GONE[ENGINE]}
    waiting.failed(GONE[ENGINE])
    for _ in range(20):
        assert waiting.still()
    world.gone.clear()
    assert world.passes(waiting, 2)[0] == 1


def test_of_a_silent_cluster_alone_nobody_else_is_asked(world: World) -> None:
    waiting, world.gone = world.waiting(), dict(GONE)
    waiting.failed(GONE[CLUSTER])
    assert (waiting.whom, world.asked) == ((CLUSTER,), [CLUSTER])


def test_one_that_takes_the_question_and_says_nothing_is_away_and_is_not_asked_over_and_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks, asked = threading.Event(), []

    def silent() -> None:
        asked.append(1)
        speaks.wait(10)

    monkeypatch.setattr(away, "IN_TIME", 0.02)
    monkeypatch.setattr(away, "questions", lambda *_: {ENGINE: silent})
    waiting = world.waiting()
    waiting.failed(failed("build-failed", "no answer in time"))
    assert waiting.whom == (ENGINE,)
    assert waiting.still()
    assert len(asked) == 1
    speaks.set()
    monkeypatch.setattr(away, "IN_TIME", 5.0)
    # Its late answer is to the first question; the next one is answered at once.
    waiting.still()
    assert not waiting.still()
