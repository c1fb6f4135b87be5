from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.part import DEPLOYED
from pipelinekit.plan.rollout import handover as plan
from pipelinekit.steps.handover.job import hand_over
from tests import examples
from tests.handing import GIVEN, NAME, outcome
from tests.rollouts import Deadly, Killed
from tests.unit.steps.handover.relief.world import World


def test_it_upgrades_when_nothing_is_built_and_lets_builds_begin_again(world: World) -> None:
    world.builds.turns = [("a #1", "platform/store #7"), ("platform/store #7",)]
    done = world.run(world.relief())
    assert (done.state, world.installed) == (DEPLOYED, "1.1.0")
    assert "waiting for a #1" in world.bench.said
    assert not world.builds.quiet
    assert plan.read(world.notes[plan.OUTCOME])["text"] == done.text


def test_nothing_is_asked_of_the_repository_of_charts(world: World) -> None:
    before = dict(world.bench.registry.tags)
    world.run(world.relief())
    assert world.bench.registry.tags == before


def test_builds_that_do_not_end_are_named_and_nothing_is_touched(world: World) -> None:
    world.builds.turns = [("a #1", "b #2")]
    with pytest.raises(Refused, match="after 10 s these builds run still: a #1, b #2"):
        world.run(world.relief())
    assert (world.installed, world.builds.quiet) == ("1.0.0", False)
    assert plan.read(world.notes[plan.OUTCOME])["refused"] is True
    assert plan.BEFORE not in world.notes


def test_a_build_that_begins_just_before_the_quiet_is_waited_for(world: World) -> None:
    world.builds.turns = [(), ("late #1",), ()]
    world.run(world.relief())
    assert world.installed == "1.1.0"


def test_whatever_ends_it_after_the_quiet_builds_begin_again(world: World) -> None:
    world.builds.turns = [(), failed("jenkins-forbidden", "no more for us")]
    with pytest.raises(ToolFailed, match="no more for us"):
        world.run(world.relief())
    assert not world.builds.quiet
    world.builds.turns = [()]
    noted = world.jobs.note

    def note(target: Any, name: str, notes: Any) -> None:
        if plan.BEFORE in notes:
            raise failed("cluster-unreachable", "the cluster does not answer")
        noted(target, name, notes)

    world.jobs.note = note  # type: ignore[method-assign]
    with pytest.raises(ToolFailed, match="the cluster does not answer"):
        world.run(world.relief())
    assert (world.installed, world.builds.quiet) == ("1.0.0", False)


def test_killed_in_its_quiet_another_pod_lets_what_is_paused_go_on(world: World) -> None:
    def late() -> tuple[str, ...]:
        if world.builds.quiet:
            raise Killed
        return ()

    world.builds.running = late  # type: ignore[method-assign]
    with pytest.raises(Killed):
        world.run(world.relief())
    left = ["late #1"]

    def paused() -> tuple[str, ...]:
        if not world.builds.quiet and world.time.now > 3:
            left.clear()
        return tuple(left)

    world.builds.running = paused  # type: ignore[method-assign]
    assert world.run(world.relief()).state == DEPLOYED


def test_a_controller_that_does_not_answer_builds_nothing_and_one_that_knows_us_not_is_not_touched(
    world: World,
) -> None:
    world.builds.turns = [failed("jenkins-denied", "Jenkins does not let us")]
    with pytest.raises(ToolFailed, match="does not let us"):
        world.run(world.relief())
    assert world.installed == "1.0.0"
    world.builds.turns = [failed("jenkins-unreachable", "nobody answers")]
    world.bench.parts.unready = {"store-0"}
    relief = world.relief()
    with pytest.raises(ToolFailed, match="neither the new one nor the old one is ready"):
        world.run(relief)
    assert plan.BEFORE in world.notes, "it was upgraded, as far as that goes"


def test_one_whose_pods_are_ready_and_that_is_only_out_of_reach_may_be_building(world: World) -> None:
    world.builds.turns = [failed("jenkins-timeout", "a policy is in between")]
    with pytest.raises(Refused, match="its pods are ready, and it does not answer") as caught:
        world.run(world.relief())
    assert caught.value.faults[0].code == "builds-unseen"
    assert (world.installed, plan.BEFORE in world.notes) == ("1.0.0", False)
    world.builds.turns = [failed("jenkins-timeout", "it was busy"), ("a #1",), ()]
    assert world.run(world.relief()).state == DEPLOYED
    assert "waiting for a #1" in world.bench.said


@pytest.mark.parametrize(("code", "ends"), [("cluster-unreachable", False), ("cluster-denied", True)])
def test_who_follows_is_asked_again_of_a_silent_cluster_and_of_none_that_refuses(
    world: World, monkeypatch: pytest.MonkeyPatch, code: str, ends: bool
) -> None:
    world.builds.turns = [("a #1",), ()]
    find, turns = world.jobs.find, iter(range(100))

    def found(target: Target, name: str) -> Any:
        if next(turns) == 1:
            raise failed(code, "no answer")
        return find(target, name)

    monkeypatch.setattr(world.jobs, "find", found)
    if not ends:
        assert world.run(world.relief()).state == DEPLOYED
        return
    with pytest.raises(ToolFailed, match="no answer"):
        world.run(world.relief())
    assert world.installed == "1.0.0"


def test_a_build_that_follows_the_job_is_not_waited_for_by_it(world: World) -> None:
    world.jobs.pods = {}
    turns = iter(range(100))

    def running() -> tuple[str, ...]:
        if next(turns) == 1:
            world.jobs.turns = [lambda: None, lambda: None, lambda: world.jobs.end(NAME, outcome())]
            given = replace(GIVEN, build="platform/all #8", digest="sha256:one")
            hand_over(
                given,
                examples.target(),
                world.jobs,
                say=lambda _: None,
                write=lambda _: None,
                sleep=lambda _: None,
            )
            world.jobs.there[NAME] = replace(world.jobs.there[NAME], ended="")
        return ("platform/all #8", "platform/store #7")

    world.builds.running = running  # type: ignore[method-assign]
    assert world.run(world.relief()).state == DEPLOYED
    assert "waiting for platform/all #8" in world.bench.said


def test_killed_anywhere_another_pod_goes_on_and_waits_for_no_build_again(world: World) -> None:
    for calls in range(1, 60):
        deadly = Deadly(calls)
        try:
            world.run(world.relief(through=deadly.site))
        except Killed:
            if plan.BEFORE in world.notes:
                world.builds.turns = [("would be waited for #1",)]
            continue
        except PipelinekitError as error:  # pragma: no cover - it tells what went wrong
            pytest.fail(str(error))
        break
    else:
        pytest.fail("it was always killed")
    assert calls > 5
    assert world.installed == "1.1.0"
