from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.pointer import at
from pipelinekit.model.rollout.component import Condition, Question, VersionQuestion
from pipelinekit.model.rollout.part import Answer
from pipelinekit.plan.rollout.readiness import (
    REVISION,
    addressed,
    answered,
    fulfilled,
    is_old,
    is_ready,
    replaced_first,
    says_version,
    standing,
    workloads,
)


def thing(kind: str, name: str = "a", *, generation: int = 2, spec: Any = None, **status: Any) -> Any:
    return {
        "kind": kind,
        "metadata": {"name": name, "generation": generation},
        "spec": {"replicas": 2, **(spec or {})},
        "status": {"observedGeneration": generation, **status},
    }


DONE: dict[str, Any] = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
SET: dict[str, Any] = {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}
ON_DELETE: dict[str, Any] = {
    "updateStrategy": {"type": "OnDelete"},
    "selector": {"matchLabels": {"app": "a"}},
}


@pytest.mark.parametrize(
    ("live", "reason"),
    [
        (thing("Deployment", **DONE), ""),
        (thing("StatefulSet", **DONE), ""),
        (thing("DaemonSet", **SET), ""),
        (
            thing("Deployment", **DONE, generation=3) | {"status": {"observedGeneration": 2, **DONE}},
            "observed",
        ),
        (thing("Deployment", **{**DONE, "updatedReplicas": 1}), "1 of 2 pods are new"),
        (thing("Deployment", **{**DONE, "replicas": 3}), "1 old pod is still there"),
        (thing("Deployment", **{**DONE, "availableReplicas": 1}), "1 of 2 pods are ready"),
        (thing("DaemonSet", **{**SET, "updatedNumberScheduled": 0}), "0 of 2 pods are new"),
        (thing("DaemonSet", **{**SET, "numberAvailable": 1}), "1 of 2 pods are ready"),
        (thing("StatefulSet", spec=ON_DELETE, **{**DONE, "updatedReplicas": 0}), "only deleting them"),
    ],
)
def test_a_workload_counts_by_the_revision_that_was_rolled_out(live: Any, reason: str) -> None:
    there = standing([live], [live])
    assert there.ready is (reason == "")
    assert reason in "".join(there.reasons)


NONE: dict[str, Any] = {"replicas": 0, "updatedReplicas": 0, "availableReplicas": 0}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(
    ("declared", "expected"), [(None, "its chart says 1"), (3, "its chart says 3"), (0, "")]
)
def test_what_a_hand_has_scaled_to_nothing_is_not_ready(kind: str, declared: Any, expected: str) -> None:
    live = thing(kind, spec={"replicas": 0}, **NONE)
    wanted = thing(kind, spec={"replicas": declared})
    assert expected in "".join(standing([wanted], [live]).reasons)
    assert standing([wanted], [live]).ready is (expected == "")
    scaler = {"kind": "ScaledObject", "metadata": {"name": "s"}}
    target = {"spec": {"scaleTargetRef": {"kind": kind, "name": "a"}}}
    assert standing([wanted, {**scaler, **target}], [live]).ready
    other = {"spec": {"scaleTargetRef": {"name": "b"}}}
    assert standing([wanted, {**scaler, **other}], [live]).ready is (expected == "")


def test_what_a_hand_has_scaled_below_its_number_is_not_ready() -> None:
    live = thing("Deployment", spec={"replicas": 1}, replicas=1, updatedReplicas=1, availableReplicas=1)
    wanted = thing("Deployment", spec={"replicas": 3})
    said = standing([wanted], [live]).reasons
    assert said == ("Deployment/a: somebody has scaled it to 1 pod, and its chart says 3",)
    more = thing("Deployment", spec={"replicas": 1})
    assert standing([more], [thing("Deployment", **DONE)]).ready, "more than it says are enough"


@pytest.mark.parametrize(
    ("spec", "reason"), [({"minReplicas": 2}, "its autoscaler says 2"), ({"minReplicas": 1}, ""), ({}, "")]
)
def test_what_an_autoscaler_has_scaled_needs_its_least_number(spec: Any, reason: str) -> None:
    live = thing("Deployment", spec={"replicas": 1}, replicas=1, updatedReplicas=1, availableReplicas=1)
    wanted = thing("Deployment", spec={"replicas": 3})
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "a"}}
    scaler = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "s"}, "spec": {**target, **spec}}
    found = standing([wanted, scaler], [live])
    assert found.ready is (reason == "")
    assert reason in "".join(found.reasons)


def test_what_is_not_there_is_not_ready() -> None:
    assert standing([thing("Deployment")], []).reasons == ("Deployment/a is not there",)


def test_only_what_has_pods_is_waited_for() -> None:
    assert workloads([thing("Deployment"), {"kind": "Service", "metadata": {"name": "s"}}]) == (
        thing("Deployment"),
    )


def test_old_pods_that_stay_until_they_are_deleted_are_named() -> None:
    live = thing("StatefulSet", spec=ON_DELETE, updateRevision="a-2", **{**DONE, "updatedReplicas": 1})
    (old,) = standing([live], [live]).old
    assert (old.revision, old.labels, old.replicas) == ("a-2", {"app": "a"}, 2)


def pod(name: str, revision: str = "a-1", *, ready: bool = True) -> Any:
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    return {"metadata": {"name": name, "labels": {REVISION: revision}}, "status": {"conditions": conditions}}


def test_standbys_go_first_and_the_leader_last() -> None:
    pods = [pod("a-0"), pod("a-1"), pod("a-2"), pod("a-10"), pod("a-3", "a-2"), pod("a-4", ready=False)]
    assert replaced_first(pods, [pod("a-2")], "a-2") == ("a-4", "a-10", "a-1", "a-0", "a-2")


def test_a_pod_on_its_way_out_is_not_ready() -> None:
    leaving = pod("a-0")
    leaving["metadata"]["deletionTimestamp"] = "now"
    assert is_ready(pod("a-0"))
    assert not is_ready(leaving)
    assert is_old(pod("a-0"), "a-2")


QUESTION = Question(
    service="s", port=80, path="/h", status=(200, 429), json={"/sealed": False, "/list/0": "x"}
)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=200, body='{"sealed": false, "list": ["x"]}'), ""),
        (Answer(status=429, body='{"sealed": false, "list": ["x"]}'), ""),
        (Answer(status=503, body="{}"), "answers 503"),
        (Answer(status=0, reason="no endpoints"), "does not answer: no endpoints"),
        (Answer(status=200, body="<html>"), "answers no JSON"),
        (Answer(status=200, body='{"sealed": true, "list": ["x"]}'), "/sealed true, which has to be false"),
        (Answer(status=200, body='{"sealed": 0, "list": ["x"]}'), "/sealed 0, which has to be false"),
        (Answer(status=200, body='{"sealed": false}'), "has no /list/0"),
    ],
)
def test_an_answer_is_good_or_says_why_not(answer: Answer, reason: str) -> None:
    said = answered(QUESTION, answer)
    assert (said == "") is (reason == "")
    assert reason in said


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"version": "2.7.2"}, ""),
        ({"version": "v2.7.2"}, ""),
        ({"version": "2.7.1"}, 'the server says version "2.7.1", and 2.7.2 was rolled out'),
        ({}, "no version"),
        ({"version": None}, "version null"),
    ],
)
def test_the_server_says_which_version_it_is(body: Any, reason: str) -> None:
    asked = VersionQuestion(ask=Question(service="s", port=80, path="/h"), pointer="/version")
    said = says_version(asked, Answer(status=200, body=json.dumps(body)), "2.7.2")
    assert (said == "") is (reason == "")
    assert reason in said


def test_a_custom_resource_says_it_of_its_newest_state() -> None:
    wanted = Condition(resource="things.example.com", name="a", json={"/status/phase": "Ready"})
    ready = {"metadata": {"generation": 2}, "status": {"phase": "Ready", "observedGeneration": 2}}
    assert fulfilled(wanted, ready) == ""
    assert "is not there" in fulfilled(wanted, None)
    assert "not observed yet" in fulfilled(wanted, {**ready, "metadata": {"generation": 3}})
    assert 'has to be "Ready"' in fulfilled(wanted, {**ready, "status": {"phase": "Wait"}})


def test_pointers_are_read_as_json_says() -> None:
    assert at({"a/b": {"c~d": [1, 2]}}, "/a~1b/c~0d/1") == 2


@pytest.mark.parametrize(
    ("said", "own", "asked"),
    [
        ("https", "", "https"),
        ("http", "", "http"),
        ("grpc", "", "http"),
        (None, "", "http"),
        ("https", "http", "http"),
        ("http", "https", "https"),
    ],
)
def test_a_service_says_how_its_port_is_asked_unless_the_question_does(
    said: str | None, own: str, asked: str
) -> None:
    ports = [{"port": 81, "appProtocol": "tcp"}, {"port": 80, "appProtocol": said}, {"port": 82}]
    service = {"kind": "Service", "metadata": {"name": "store"}, "spec": {"ports": ports}}
    other = {"kind": "Service", "metadata": {"name": "other"}, "spec": {"type": "ExternalName"}}
    question = Question(service="store", port=80, path="/health", scheme=own)
    assert addressed(question, [other, thing("StatefulSet", "store"), service]).scheme == asked


def test_what_is_no_service_of_the_release_is_asked_without_tls() -> None:
    assert str(addressed(Question(service="store", port=80, path="/"), [])) == "http://store:80/"


def test_long_words_are_shown_where_they_are_not_as_they_must_be() -> None:
    wanted = {"/word": "x" * 100 + "a"}
    said = answered(
        replace(QUESTION, json=wanted), Answer(status=200, body=json.dumps({"word": "x" * 100 + "b"}))
    )
    assert f'{"x" * 20}b", which has to be …{"x" * 20}a"' in said
