from __future__ import annotations

from typing import Any

from pipelinekit.model.deployment import Look, Standing
from pipelinekit.plan.deploying import ending
from pipelinekit.plan.deploying.deployment import standing
from pipelinekit.plan.deploying.deploymentplan import found

NOTE: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}}


def going(*finalizers: str) -> dict[str, Any]:
    gone = {
        "deletionTimestamp": "2026-01-02T03:04:05Z",
        **({"finalizers": [*finalizers]} if finalizers else {}),
    }
    return {**NOTE, "metadata": {"name": "note", **gone}}


def test_what_is_being_deleted_is_not_as_it_was_deployed() -> None:
    there = standing(Look(live=[going("a/b", "c")], applied=[NOTE]), [NOTE])
    assert there.touched
    assert next(found(there)) == "ConfigMap/note is being deleted, and waits for a/b, c"


def test_a_deployment_waits_until_it_is_gone() -> None:
    there = standing(Look(live=[going()], applied=[NOTE]), [NOTE])
    (finding,) = ending.findings(there)
    assert (str(finding), finding.code) == ("refused: ConfigMap/note is being deleted", "object-ending")


def test_of_others_nothing_is_said() -> None:
    assert ending.findings(standing(Look(live=[NOTE], applied=[NOTE]), [NOTE])) == ()
    assert ending.of(Look(live=[going()], applied=[])) == {}
    assert ending.findings(Standing()) == ending.findings(None) == ()


def test_a_job_that_goes_by_itself_is_nobodys_work() -> None:
    spec = {"ttlSecondsAfterFinished": 0}
    metadata = {"name": "a", "deletionTimestamp": "2026-01-02T03:04:05Z"}
    live = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
    assert not standing(Look(live=[live], applied=[live]), [live]).touched


def test_what_is_deleted_and_held_by_a_finalizer_is_told() -> None:
    def note(name: str, *finalizers: str) -> dict[str, Any]:
        return {"kind": "ConfigMap", "metadata": {"name": name, "finalizers": [*finalizers]}}

    look = Look(live=[note("a", "x.example/y"), note("b"), note("c", "z")], applied=[])
    assert [*ending.held(look, ["ConfigMap/a", "ConfigMap/b"])] == [
        "ConfigMap/a goes once its finalizers are off (x.example/y): nothing waits for that"
    ]
