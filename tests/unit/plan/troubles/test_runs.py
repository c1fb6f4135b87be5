from __future__ import annotations

from typing import Any

from pipelinekit.plan.troubles import troubles_of
from tests.podstates import container, maker, pod

FAILED = {**container({"terminated": {"exitCode": 1}}), "phase": "Failed"}
COMPLETE = {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 1}


def of(job: str, uid: str = "u2") -> dict[str, Any]:
    """A failed pod of that Job."""
    return pod(FAILED, ownerReferences=[{"kind": "Job", "name": job, "uid": uid, "controller": True}])


def test_a_try_that_failed_is_history_once_its_job_is_done() -> None:
    assert troubles_of([of("orders-x"), maker("Job", COMPLETE)], []) == ()
    (told,) = troubles_of([of("orders-x"), maker("Job", {"active": 1, "failed": 1})], [])
    assert (told.problem, told.scheduled) == ("web ended with exit code 1", False)


def test_a_run_of_a_schedule_is_told_as_one_whether_or_not_its_job_is_known() -> None:
    (told,) = troubles_of([of("orders-nightly-29411230", "unknown")], [])
    assert told.scheduled
    job = maker("Job", {"active": 1})
    job["metadata"]["ownerReferences"] = [{"kind": "CronJob", "name": "orders-nightly", "uid": "u9"}]
    (told,) = troubles_of([of("by-hand"), job], [])
    assert told.scheduled


def test_what_fails_in_a_run_and_in_a_process_is_told_of_both() -> None:
    one = pod(FAILED, name="orders-2")
    assert [each.scheduled for each in troubles_of([of("orders-nightly-29411230", "x"), one], [])] == [
        True,
        False,
    ]
