"""A new version that does not get ready: the way back, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Backup
from pipelinekit.plan.rollout import handover as plan
from tests.unit.steps.handover.relief.world import World


def test_one_that_does_not_get_ready_is_put_back(world: World) -> None:
    world.bench.parts.unready = {"store-0"}
    relief = world.relief()
    world.bench.releases.waiting = lambda: None

    def well(*_: object, **__: object) -> None:
        world.bench.parts.unready.clear()

    world.bench.releases.back = _after(world.bench.releases.back, well)  # type: ignore[method-assign]
    with pytest.raises(ToolFailed, match=r"was not ready in time, and the old one \(1.0.0\) runs again"):
        world.run(relief)
    assert world.installed == "1.0.0"
    assert not world.builds.quiet
    assert plan.read(world.notes[plan.OUTCOME])["code"] == "put-back"


def test_a_pod_that_its_set_would_wait_for_forever_is_deleted_on_the_way_back(world: World) -> None:
    world.bench.cluster.wrong = []
    world.bench.parts.unready = {"store-2"}
    relief = world.relief()

    def stuck(*_: object, **__: object) -> None:
        world.bench.parts.old = ["store-2"]

    world.bench.releases.back = _after(world.bench.releases.back, stuck)  # type: ignore[method-assign]
    gone = world.bench.parts.delete_pod

    def delete(target: Any, pod: str) -> None:
        gone(target, pod)
        world.bench.parts.unready.clear()

    world.bench.parts.delete_pod = delete  # type: ignore[method-assign]
    with pytest.raises(ToolFailed, match=r"the old one \(1.0.0\) runs again"):
        world.run(relief)
    assert world.bench.parts.deleted == ["store-2"]


@pytest.mark.parametrize("question", ["there", "pods", "delete_pod"])
def test_a_cluster_that_falls_silent_does_not_end_the_helm_that_goes_back(
    world: World, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    world.bench.parts.unready = {"store-0"}
    back = world.bench.releases.back

    def silent(*_: object) -> None:
        raise failed("cluster-unreachable", "the cluster does not answer")

    def silently(target: Target, revision: int, *, timeout: int, hopeless: Callable[[], bool]) -> None:
        world.bench.parts.old = ["store-0"]
        with monkeypatch.context() as patch:
            patch.setattr(world.bench.parts, question, silent)
            assert not hopeless()
        world.bench.parts.old.clear()
        world.bench.parts.unready.clear()
        back(target, revision, timeout=timeout, hopeless=hopeless)

    monkeypatch.setattr(world.bench.releases, "back", silently)
    with pytest.raises(ToolFailed, match=r"the old one \(1.0.0\) runs again"):
        world.run(world.relief())
    assert not any("does not answer" in each or "deleted" in each for each in world.bench.said)


def test_a_cluster_that_does_not_let_a_pod_be_deleted_ends_the_way_back_and_is_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bench.parts.unready = {"store-0"}
    ended = []

    def denied(*_: object) -> None:
        raise failed("cluster-denied", "pods may not be deleted")

    def slowly(target: Target, revision: int, *, timeout: int, hopeless: Callable[[], bool]) -> None:
        del target, revision, timeout
        world.bench.parts.old = ["store-0"]
        for _ in range(8):
            ended.append(hopeless())
            world.time.sleep(2)
        raise failed("rollback-failed", "context canceled")

    monkeypatch.setattr(world.bench.parts, "delete_pod", denied)
    monkeypatch.setattr(world.bench.releases, "back", slowly)
    with pytest.raises(ToolFailed, match="nor the old one is ready: pods may not be deleted"):
        world.run(world.relief())
    assert ended == [False] * 5 + [True] * 3


def test_when_the_backup_fails_it_is_that_and_not_the_new_one_that_is_told(world: World) -> None:
    world.bench.answers.backup_fails = "the backup store-1 has not succeeded: Failed"
    relief = world.relief()
    backup = Backup(cronjob="store", timeout=10)
    part = replace(relief.part, component=replace(relief.part.component, backup=backup))
    with pytest.raises(ToolFailed, match="the backup store-1 has not succeeded") as caught:
        world.run(replace(relief, part=part))
    assert caught.value.faults[0].code == "backup-failed"
    assert plan.read(world.notes[plan.OUTCOME])["code"] == "backup-failed"
    assert (world.installed, world.builds.quiet, plan.REASON in world.notes) == ("1.0.0", False, False)


def test_where_nothing_ran_whole_before_nothing_is_said_to_run_again(world: World) -> None:
    world.bench.releases.last_good = lambda _: None  # type: ignore[method-assign, assignment]
    world.bench.parts.unready = {"store-0"}

    def note(target: Any, name: str, notes: Any) -> None:
        noted(target, name, notes)
        if plan.REASON in notes:
            world.bench.parts.unready.clear()

    noted, world.jobs.note = world.jobs.note, note  # type: ignore[method-assign]
    with pytest.raises(ToolFailed, match="no revision before it was deployed whole: nothing is put back"):
        world.run(world.relief())
    assert world.installed == "1.1.0"


def test_when_neither_gets_ready_that_is_said(world: World) -> None:
    world.bench.parts.unready = {"store-0"}
    with pytest.raises(ToolFailed, match="neither the new one nor the old one is ready"):
        world.run(world.relief())


def _after(call: Callable[..., Any], then: Callable[[], None]) -> Callable[..., Any]:
    def both(*words: Any, **more: Any) -> Any:
        said = call(*words, **more)
        then()
        return said

    return both
