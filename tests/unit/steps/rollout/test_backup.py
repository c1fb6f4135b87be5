from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import ToolFailed
from pipelinekit.model.rollout.component import Backup
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.steps.rollout.backup import NEVER_RAN
from pipelinekit.steps.rollout.looks import plan as planning
from pipelinekit.steps.rollout.part import Part
from tests.rollouts import SET, Bench

HOLDS: dict[str, Any] = {
    **SET,
    "spec": {**SET["spec"], "updateStrategy": {}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def part(bench: Bench, **values: object) -> Part:
    return bench.part(data="all", backup=Backup(cronjob="nightly"), objects=(HOLDS,), values=values)


def fail(bench: Bench, wrong: Part, unready: int) -> None:
    """A deployment of it that fails, with so many pods that do not get ready."""
    bench.cluster.wrong = [Trouble(subject="pod store-0", problem="ends with code 1", final=True)]
    bench.parts.unready = {f"store-{each}" for each in range(unready)}
    with pytest.raises(ToolFailed):
        bench.deploy(wrong)
    bench.cluster.wrong = []


def lines(bench: Bench, wanted: Part) -> tuple[str, ...]:
    order = order_of([wanted.component])
    (found,) = planning.plan({wanted.name: wanted}, order, order, bench.shelf, bench.site, bench.said.append)
    return found.lines


def test_what_has_never_run_is_mended_without_a_backup_and_the_plan_says_so(bench: Bench) -> None:
    fail(bench, part(bench, setting="typo"), unready=3)
    bench.answers.backup_fails = "Job has reached the specified backoff limit"
    mended = part(bench, setting="right")
    assert lines(bench, mended)[0] == NEVER_RAN
    with pytest.raises(ToolFailed, match="0 of 3 pods are ready"):
        bench.deploy(mended)
    assert (NEVER_RAN in bench.said, bench.answers.backups) == (True, [])


def test_what_ran_once_is_backed_up_before_it_is_mended(bench: Bench) -> None:
    bench.deploy(part(bench, setting="right"))
    fail(bench, part(bench, setting="typo"), unready=3)
    mended = part(bench, setting="mended")
    assert NEVER_RAN not in lines(bench, mended)
    bench.answers.backup_fails = "no room"
    with pytest.raises(ToolFailed, match="no room"):
        bench.deploy(mended)


def test_what_got_ready_after_its_deployment_had_failed_holds_data(bench: Bench) -> None:
    fail(bench, part(bench, setting="slow"), unready=2)
    mended = part(bench, setting="mended")
    assert NEVER_RAN not in lines(bench, mended)
    bench.parts.unready = set()
    bench.deploy(mended)
    assert bench.answers.backups == ["nightly"]


def test_what_an_operator_runs_is_not_seen_and_backed_up(bench: Bench) -> None:
    held: dict[str, Any] = {"data": "all", "backup": Backup(cronjob="nightly")}
    fail(bench, bench.part(values={"setting": "typo"}, **held), unready=3)
    bench.parts.unready = set()
    bench.deploy(bench.part(values={"setting": "right"}, **held))
    assert bench.answers.backups == ["nightly"]
