from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.handovers import HandoverJobs
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

PODS = {
    "resources": [{"name": "pods", "kind": "Pod", "namespaced": True}, {"name": "pods/log", "kind": "Pod"}]
}
ABSENT = "Error from server (NotFound): the server could not find the requested resource"


def thing(version: str, kind: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "it"}}


def test_a_kind_is_missing_with_its_whole_group_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(env: object, target: object, *arguments: str, stdin: str | None = None) -> Completed:
        del env, target, stdin
        return Completed(0, json.dumps(PODS), "") if arguments[-1] == "/api/v1" else Completed(1, "", ABSENT)

    monkeypatch.setattr(kubectl, "run", run)
    jobs, pod = HandoverJobs({}), thing("v1", "Pod")
    assert jobs.kinds(examples.target(), [pod])["v1", "Pod"].plural == "pods"
    for lacking in (thing("v1", "Poodle"), thing("monitoring.coreos.com/v1", "ServiceMonitor")):
        with pytest.raises(
            ToolFailed, match=f"knows no {lacking['kind']} of {lacking['apiVersion']}"
        ) as caught:
            jobs.kinds(examples.target(), [pod, lacking])
        assert caught.value.faults[0].code == "kind-missing"


def test_of_what_jobs_were_given_only_the_component_s_own_goes_and_a_refusal_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []
    answers = [Completed(0, "", ""), Completed(1, "", "Error from server (Forbidden): no")]

    def run(env: object, target: object, *arguments: str, stdin: str | None = None) -> Completed:
        del env, target, stdin
        asked.append(arguments)
        return answers[len(asked) - 1]

    monkeypatch.setattr(kubectl, "run", run)
    jobs = HandoverJobs({})
    jobs.tidy(examples.target(), "store", "store-handover-1")
    assert asked[0][:2] == ("delete", "configmaps")
    assert "pipelinekit.dev/handover=store" in asked[0]
    assert "metadata.name!=store-handover-1" in asked[0]
    with pytest.raises(ToolFailed):
        jobs.tidy(examples.target(), "store", "store-handover-1")


def test_what_one_job_was_given_goes_by_its_name_and_may_have_gone_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(env: object, target: object, *arguments: str, stdin: str | None = None) -> Completed:
        del env, target, stdin
        asked.append(arguments)
        return Completed(0, "", "")

    monkeypatch.setattr(kubectl, "run", run)
    HandoverJobs({}).clear(examples.target(), "store-handover-1")
    assert asked == [("delete", "configmap", "store-handover-1", "--ignore-not-found", "--wait=false")]
