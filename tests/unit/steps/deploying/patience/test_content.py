"""Helm is content: whether the pods are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import ToolFailed
from tests.unit.steps.deploying.patience.waiting import DEAD, FINAL, LATE, SLOW, Waiting


def test_where_nothing_was_in_trouble_nobody_asks_again() -> None:
    waiting = Waiting()
    assert not waiting.after(3)
    waiting.cluster.wrong.append(FINAL)
    waiting.patience.steady(lambda _: pytest.fail("there is nothing to wait for"), 0)


def test_what_was_only_not_ready_yet_is_not_asked_again_once_helm_says_that_it_is() -> None:
    waiting = Waiting(replace(SLOW, starting=True))
    assert not waiting.after(3)
    waiting.patience.steady(lambda _: pytest.fail("there is nothing to wait for"), 0)


def test_what_was_in_trouble_has_to_be_well_before_it_counts() -> None:
    waiting = Waiting(LATE)

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        if len(waiting.slept) == 3:
            waiting.cluster.wrong.clear()

    waiting.after(9)
    waiting.patience.steady(sleep, 0)
    assert len(waiting.slept) == 3


def test_a_container_that_has_died_has_to_be_well_for_some_seconds_whichever_helm_it_is() -> None:
    waiting = Waiting(DEAD)
    waiting.after(9)
    waiting.cluster.wrong.clear()

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        waiting.cluster.wrong[:] = [DEAD] if len(waiting.slept) == 2 else []

    waiting.patience.steady(sleep, 0)
    assert len(waiting.slept) == 6, "two looks, the dead one, and four in a row"


def test_pods_that_stay_have_to_be_well_too_where_helm_is_not_believed() -> None:
    waiting = Waiting()
    waiting.cluster.older = [DEAD]
    with pytest.raises(ToolFailed) as told:
        waiting.patience.steady(lambda seconds: waiting.sleep(100 * seconds), 4)
    (fault,) = waiting.patience.failure(told.value).faults
    assert fault.problem == "dev: pod d: web ended with exit code 1"


def test_a_run_of_a_schedule_is_nothing_that_a_deployment_waits_for() -> None:
    waiting = Waiting(replace(FINAL, scheduled=True), replace(DEAD, scheduled=True))
    assert not any(waiting.after(each) for each in (1, 9, 60))
    waiting.patience.steady(waiting.sleep, 4)
    assert (len(waiting.slept), waiting.said) == (3, [])


def test_a_container_that_has_begun_for_a_moment_does_not_count() -> None:
    waiting = Waiting()

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        waiting.cluster.wrong[:] = [DEAD] if len(waiting.slept) == 2 else []

    waiting.patience.steady(sleep, 3)
    assert len(waiting.slept) == 5, "two looks, the dead one, and three in a row"


def test_what_does_not_get_well_fails_with_its_reason() -> None:
    waiting = Waiting(DEAD)
    waiting.after(9)
    with pytest.raises(ToolFailed) as told:
        waiting.patience.steady(lambda seconds: waiting.sleep(100 * seconds), 0)
    assert [each.problem for each in waiting.patience.failure(told.value).faults] == [
        "dev: pod d: web ended with exit code 1"
    ]
