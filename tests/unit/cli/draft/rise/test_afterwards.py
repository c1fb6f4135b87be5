from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.rise import afterwards
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.draft import BUILD_ID, Pod, Task, Tasks
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState, Target

TARGET = Target(
    name="orders",
    environment=Environment(name="dev", cluster="c", namespace="{team}"),
    namespace="mine",
    context="c",
)


class Pods:
    """One pod of the build `01A`, whose tasks fail for as long as it is `broken`."""

    def __init__(self) -> None:
        self.broken, self.ran = True, 0

    def pods(self, _: Target) -> list[Pod]:
        return [Pod(name="p", build="01A", made="", ready=True, going=False, ports={})]

    def execute(self, *_: object) -> None:
        self.ran += 1
        if self.broken:
            raise failed("exec", "it failed")


def developer(home: Path, pods: Pods) -> Draft:
    tasks = Tasks(post_deploy=(Task("seed", "seed"),))
    return cast("Draft", SimpleNamespace(home=DraftHome(str(home)), tasks=tasks, pods=pods))


def up(here: Draft, *, revised: bool, target: Target = TARGET) -> None:
    afterwards.run(here, target, "01A", lambda _: None, revised=revised)


def test_what_has_failed_is_tried_again_until_it_has_ended_well(tmp_path: Path) -> None:
    pods = Pods()
    here = developer(tmp_path, pods)
    for revised in (True, False):
        with pytest.raises(ToolFailed):
            up(here, revised=revised)
    pods.broken = False
    up(here, revised=False)
    assert pods.ran == 3
    up(here, revised=False)
    assert pods.ran == 3


def test_what_one_cluster_is_owed_another_one_does_not_pay(tmp_path: Path) -> None:
    pods = Pods()
    here = developer(tmp_path, pods)
    with pytest.raises(ToolFailed):
        up(here, revised=True)
    pods.broken = False
    up(here, revised=False, target=replace(TARGET, context="../arn:aws:eks:x/" + "y" * 300))
    assert pods.ran == 1
    up(here, revised=False)
    assert pods.ran == 2


@pytest.mark.parametrize(("before", "ran"), [("", 1), ("01", 1), ("01A", 0)])
def test_an_up_that_is_ended_once_helm_is_done_leaves_the_tasks_to_the_next_one(
    tmp_path: Path, before: str, ran: int
) -> None:
    pods = Pods()
    pods.broken = False
    here = developer(tmp_path, pods)
    state = ReleaseState(revision=1, status="deployed", values={BUILD_ID: before}, manifest="")
    afterwards.expect(here, TARGET, "01A", state if before else None)
    up(here, revised=False)
    assert pods.ran == ran


def test_a_home_that_cannot_be_written_to_keeps_no_task_from_running(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    pods = Pods()
    pods.broken = False
    here = developer(tmp_path / "home", pods)
    afterwards.expect(here, TARGET, "01A", None)
    up(here, revised=True)
    assert pods.ran == 1
