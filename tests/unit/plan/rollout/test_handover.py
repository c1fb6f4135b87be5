from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pipelinekit.model.ground.preflight import Rule
from pipelinekit.model.rollout.handover import Handover, Kind
from pipelinekit.model.rollout.part import FAILED, Outcome
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.plan.preflight.rights import lacking
from pipelinekit.plan.rollout import handover as plan

RBAC = "rbac.authorization.k8s.io"
KINDS = {
    ("apps/v1", "StatefulSet"): Kind(group="apps", plural="statefulsets", namespaced=True),
    (f"{RBAC}/v1", "Role"): Kind(group=RBAC, plural="roles", namespaced=True),
    (f"{RBAC}/v1", "RoleBinding"): Kind(group=RBAC, plural="rolebindings", namespaced=True),
    ("scheduling.k8s.io/v1", "PriorityClass"): Kind(
        group="scheduling.k8s.io", plural="priorityclasses", namespaced=False
    ),
}


def thing(version: str, kind: str, name: str = "it", namespace: str = "", **more: Any) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **place}, **more}


def given(**fields: Any) -> Handover:
    values: dict[str, Any] = {
        "component": "jenkins",
        "namespace": "jenkins",
        "environment": "dev",
        "image": "r:5000/agent@sha256:1",
        "content": b"\x00archive",
        "digest": "sha256:0123456789abcdef",
        "mark": "5e",
        "wait": 60,
        "timeout": 100,
        "rules": {"jenkins": ({"verbs": ["get"]},), "": ({"verbs": ["list"]},)},
    }
    return Handover(**{**values, **fields})


def granted(rules: dict[str, Any], where: str, plural: str) -> list[dict[str, Any]]:
    return [each for each in rules.get(where, ()) if plural in each["resources"]]


def test_it_may_do_what_its_objects_take_where_they_are_and_nothing_elsewhere() -> None:
    objects = [thing("apps/v1", "StatefulSet"), thing("apps/v1", "StatefulSet", namespace="agents")]
    rules = plan.rules(objects, KINDS, "jenkins", "jenkins-handover")
    assert set(rules) == {"jenkins", "agents"}
    assert "patch" in granted(rules, "jenkins", "statefulsets")[0]["verbs"]
    assert [each["resources"] for each in rules["agents"]] == [["statefulsets"]]
    notes = [each for each in granted(rules, "jenkins", "jobs") if "patch" in each["verbs"]]
    assert [each["resourceNames"] for each in notes] == [["jenkins-handover"]]


def test_what_has_no_namespace_is_granted_by_its_name() -> None:
    rules = plan.rules([thing("scheduling.k8s.io/v1", "PriorityClass", "high")], KINDS, "jenkins", "j")
    create, change = rules[""]
    assert (create["verbs"], change["resourceNames"]) == (["create", "list", "watch"], ["high"])


@pytest.mark.parametrize("kind", ["StatefulSet", "PriorityClass"])
def test_the_rights_that_it_is_given_are_those_that_a_deployment_asks_for(kind: str) -> None:
    """Its own look at the cluster, before it changes anything, finds nothing in the way."""
    version = next(one for one, name in KINDS if name == kind)
    there = thing(version, kind, "high", spec={"template": {"spec": {"containers": []}}})
    granted = plan.rules([there], KINDS, "jenkins", "j")
    fields = ("verbs", "apiGroups", "resources", "resourceNames")
    given = [each for one in granted.values() for each in one]
    rules = [Rule(*(frozenset(each.get(field, ())) for field in fields)) for each in given]
    assert lacking(needs_of([there]), rules) == {}


def test_rights_that_it_gives_are_its_own_and_it_may_bind_what_it_binds() -> None:
    rule = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}
    role = thing(f"{RBAC}/v1", "Role", rules=[rule])
    binding = thing(f"{RBAC}/v1", "RoleBinding", roleRef={"kind": "ClusterRole", "name": "edit"})
    rules = plan.rules([role, binding], KINDS, "jenkins", "j")
    assert rule in rules["jenkins"]
    assert [each["resourceNames"] for each in granted(rules, "jenkins", "clusterroles")] == [["edit"]]


def test_around_it_are_its_account_its_rights_its_way_out_and_what_it_is_given() -> None:
    objects = plan.around(given())
    assert [each["kind"] for each in objects] == [
        "ServiceAccount",
        "NetworkPolicy",
        "Role",
        "RoleBinding",
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
    ]
    payload = objects[-1]
    assert payload["immutable"] is True
    assert base64.b64decode(payload["binaryData"][plan.FILE]) == b"\x00archive"
    assert payload["metadata"]["name"] == "jenkins-handover-0123456789ab-5e"
    assert plan.job(given())["metadata"]["annotations"][plan.GIVEN] == payload["metadata"]["name"]
    assert plan.payload_of(given(mark="5f")) != payload["metadata"]["name"], "of the next attempt"
    assert objects[4]["metadata"]["name"] == "jenkins-jenkins-handover", "a name of its own in the cluster"


def test_no_password_is_in_it_and_a_word_of_a_build_is_no_option() -> None:
    pod = plan.job(given(login="door", build="--timeout=1"))["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    secret = {"secretKeyRef": {"name": "door", "key": "password"}}
    assert {"name": "PK_JENKINS_PASSWORD", "valueFrom": secret} in container["env"]
    assert "--build=--timeout=1" in container["command"]
    assert container["command"][-3:] == ["--", "jenkins", f"{plan.FOLDER}/{plan.FILE}"]


def test_a_pod_that_has_decided_is_the_end_and_one_that_was_taken_away_is_not() -> None:
    spec = plan.job(given())["spec"]
    (rule,) = spec["podFailurePolicy"]["rules"]
    assert rule["action"] == "FailJob"
    assert {5, 6} <= set(rule["onExitCodes"]["values"])
    assert 137 not in rule["onExitCodes"]["values"]
    assert spec["backoffLimit"] > 1
    assert spec["activeDeadlineSeconds"] >= 60 + 4 * 100


def test_its_deadline_cuts_nothing_off_that_has_its_time() -> None:
    def deadline(**fields: int) -> int:
        return int(plan.job(given(**fields))["spec"]["activeDeadlineSeconds"])

    # Builds, a backup, policies, the release, its gate, the way back and its gate.
    assert deadline(wait=60, timeout=100, backup=3600) > 60 + 3600 + 5 * 100
    assert deadline(wait=14400, timeout=7200, backup=3600) > 14400 + 3600 + 5 * 7200


def test_a_digest_is_of_content_and_environment() -> None:
    digests = {plan.digest_of(b"a", "dev"), plan.digest_of(b"b", "dev"), plan.digest_of(b"a", "prod")}
    assert len(digests) == 3


def test_an_outcome_is_read_as_it_was_written_and_nothing_else_is() -> None:
    outcome = Outcome(component="jenkins", state=FAILED, text="late", faults=("a", "b"), refused=True)
    said = plan.read(plan.written(outcome, "put-back"))
    assert (said["code"], said["text"], said["hint"], said["refused"]) == ("put-back", "late", "a\nb", True)
    assert [plan.read(each) for each in ("", "{", "[]", json.dumps({"state": "deployed"}))] == [{}] * 4
