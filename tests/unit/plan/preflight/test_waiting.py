from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ground.preflight import AWAITED, UNWAITED
from pipelinekit.plan.preflight import waiting
from pipelinekit.plan.preflight.needs import needs_of
from tests.manifests import hook, thing


def job(**spec: Any) -> dict[str, Any]:
    return thing("Job", "seed", "batch/v1", spec=spec)


@pytest.mark.parametrize(
    ("wanted", "live", "why"),
    [
        (job(), None, ""),
        (job(suspend=False, ttlSecondsAfterFinished=None), None, ""),
        (job(suspend=True), None, "it is suspended"),
        (job(ttlSecondsAfterFinished=0), None, "it goes by itself when it has ended"),
        (job(ttlSecondsAfterFinished=3600), job(), "it goes by itself when it has ended"),
        (job(suspend=True, ttlSecondsAfterFinished=0), None, "it is suspended"),
        (job(), job(suspend=True), "it is suspended"),
        (job(suspend=False), job(suspend=True), ""),
        (thing("CronJob", api="batch/v1", spec={"suspend": True}), None, ""),
        (thing("Job", api="example.com/v1", spec={"suspend": True}), None, ""),
        (thing("Job", api="batch/v1"), None, ""),
    ],
)
def test_which_object_may_never_count_as_ready(wanted: Any, live: Any, why: str) -> None:
    assert waiting.never_ready(wanted, live) == why


@pytest.mark.parametrize(
    ("text", "may"), [("suspend: true", True), ("{ttlSecondsAfterFinished: 9}", True), ("kind: Job", False)]
)
def test_a_chart_that_speaks_of_neither_has_no_such_job(text: str, *, may: bool) -> None:
    assert waiting.speaks_of_them(["a: 1", text]) is may


def test_what_is_not_waited_for_is_told_with_the_reason() -> None:
    (found,) = waiting.findings(needs_of([job()]), [job(suspend=True)])
    assert (found.verdict, str(found)) == (UNWAITED, "not waited for: Job/seed: it is suspended")


@pytest.mark.parametrize(
    ("moments", "first", "later"),
    [
        ("pre-install,pre-upgrade", True, True),
        ("post-install", True, False),
        ("Pre-Upgrade", False, True),
        ("pre-delete", False, False),
        ("test", False, False),
    ],
)
def test_a_suspended_hook_is_awaited_when_it_runs(moments: str, first: bool, later: bool) -> None:
    found = [*waiting.findings(needs_of([hook(job(suspend=True), moments)]), ())]
    assert {each.verdict for each in found} <= {AWAITED}
    assert any(waiting.counts(each, first=True) for each in found) is first
    assert any(waiting.counts(each, first=False) for each in found) is later


def test_a_hook_that_goes_by_itself_has_ended_before_that() -> None:
    assert [*waiting.findings(needs_of([hook(job(ttlSecondsAfterFinished=0))]), ())] == []
