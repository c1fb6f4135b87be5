from __future__ import annotations

import time

import pytest

from pipelinekit.errors import Fault, Refused, ToolFailed, failed
from pipelinekit.model.app import App
from pipelinekit.model.release import TaskPod
from pipelinekit.steps.deploying import tasks
from tests import examples
from tests.doubles import Cluster, Record, Releases

APP = examples.app(before={"migrate": ("x",)})
DEV = examples.target()
HOUR = 3600.0


class Wait:
    """A cluster with an earlier deployment's task, waited for."""

    def __init__(self, age: float, **fields: object) -> None:
        pod = TaskPod(name="orders-before-x", made=time.time() - age, ended=False)
        self.cluster = Cluster(task_pods=[pod], **fields)  # type: ignore[arg-type]
        self.releases = Releases(self.cluster)
        self.said: list[str] = []
        self.waited = 0

    def run(self, app: App = APP) -> frozenset[str]:
        return tasks.await_earlier(
            app,
            DEV,
            self.releases,
            self.cluster,
            timeout=60,
            say=self.said.append,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.waited += 1
        assert self.waited < 5, "it waits for ever"
        if self.waited == 3 and not self.cluster.tasks_stay:
            self.cluster.task_pods.clear()


def test_a_task_that_has_time_left_is_waited_for_and_not_ended() -> None:
    wait = Wait(age=10)
    wait.run()
    assert wait.waited == 3
    assert len(wait.said) == 1
    assert "waiting" in wait.said[0]


def test_a_task_that_had_its_time_is_ended() -> None:
    wait = Wait(age=61)
    wait.run()
    assert (wait.waited, wait.cluster.task_pods) == (1, [])
    assert "ending it" in wait.said[0]


def test_a_task_that_does_not_go_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "GONE", 0.0)
    wait = Wait(age=61, tasks_stay=True)
    with pytest.raises(Refused) as caught:
        wait.run()
    assert caught.value.faults[0].code == "task-runs"
    assert "delete pod orders-before-x --force" in caught.value.faults[0].hint


@pytest.mark.parametrize("jump", [-HOUR, 24 * HOUR])
def test_a_date_that_is_put_right_meanwhile_neither_ends_a_task_nor_gives_it_more_time(
    monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    wait, real = Wait(age=10), time.time
    monkeypatch.setattr(time, "time", lambda: real() + (jump if wait.waited else 0))
    wait.run()
    assert wait.waited == 3
    assert len(wait.said) == 1
    stuck = Wait(age=61, tasks_stay=True)
    monkeypatch.setattr(time, "time", lambda: real() + (jump if stuck.waited else 0))
    with pytest.raises(AssertionError, match="for ever"):
        stuck.run()
    monkeypatch.setattr(tasks, "GONE", -1.0)
    with pytest.raises(Refused, match="does not go"):
        Wait(age=61, tasks_stay=True).run()


def test_a_task_that_was_made_tomorrow_has_no_more_time_than_any() -> None:
    wait = Wait(age=-24 * HOUR)
    began = time.time()
    wait.run()
    latest = time.strftime("%H:%M:%S", time.localtime(began + 60))
    assert latest[:2] in wait.said[0].rpartition("until ")[2]


@pytest.mark.parametrize("ahead", [-24 * HOUR, 24 * HOUR])
def test_how_old_a_task_is_its_cluster_s_clock_says(ahead: float) -> None:
    wait = Wait(age=10 - ahead, ahead=ahead)
    wait.run()
    assert (wait.waited, len(wait.said)) == (3, 1)
    assert "waiting" in wait.said[0]


def test_what_is_there_before_is_told_by_name() -> None:
    wait = Wait(age=10)
    wait.cluster.task_pods[:] = [TaskPod(name="old", made=0.0, ended=True, failed="migrate", code=1)]
    assert wait.run() == {"old"}


def test_tasks_that_have_ended_and_applications_without_any_are_not_waited_for() -> None:
    wait = Wait(age=10)
    wait.run(examples.app())
    wait.cluster.task_pods[:] = [TaskPod(name="old", made=0.0, ended=True)]
    wait.run()
    assert (wait.waited, wait.said) == (0, [])


def test_the_task_of_a_deployment_under_way_is_left_alone() -> None:
    wait = Wait(age=61)
    wait.cluster.records[DEV.namespace, DEV.name] = {1: Record("pending-upgrade", {}, "", {})}
    wait.run()
    assert len(wait.cluster.task_pods) == 1


def test_a_failed_task_is_the_first_reason_with_its_last_lines() -> None:
    pods = [
        TaskPod(name="old", made=time.time() - 900, ended=True, failed="old", code=1),
        # By the cluster's clock, which may be another than ours.
        TaskPod(name="new", made=time.time() - 3600, ended=True, failed="migrate", code=3),
    ]
    cluster = Cluster(task_pods=pods, task_words={"migrate": "Traceback\nno such table"})
    earlier = frozenset({"old"})
    with pytest.raises(ToolFailed) as caught, tasks.heard(APP, DEV, cluster, earlier):
        raise ToolFailed(
            Fault("not-ready", "dev: pod new: migrate ended with exit code 3"),
            Fault("deploy-failed", "helm: hook failed"),
        )
    first, last = caught.value.faults
    assert first.problem == "dev: task migrate ended with exit code 3"
    assert first.hint == "Traceback\nno such table"
    assert last.problem == "helm: hook failed"


def test_another_failure_stays_as_it_is() -> None:
    with pytest.raises(ToolFailed) as caught, tasks.heard(APP, DEV, Cluster()):
        raise failed("deploy-failed", "helm: no")
    assert [each.problem for each in caught.value.faults] == ["helm: no"]
