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


class Wait:
    """A cluster with an earlier deployment's task, waited for."""

    def __init__(self, age: float, **fields: object) -> None:
        pod = TaskPod(name="orders-before-x", made=time.time() - age, ended=False)
        self.cluster = Cluster(task_pods=[pod], **fields)  # type: ignore[arg-type]
        self.releases = Releases(self.cluster)
        self.said: list[str] = []
        self.waited = 0

    def run(self, app: App = APP) -> None:
        tasks.await_earlier(
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
        TaskPod(name="new", made=time.time(), ended=True, failed="migrate", code=3),
    ]
    cluster = Cluster(task_pods=pods, task_words={"migrate": "Traceback\nno such table"})
    with pytest.raises(ToolFailed) as caught, tasks.heard(APP, DEV, cluster):
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
