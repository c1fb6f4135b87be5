"""A chart of somebody's own, with what Kubernetes allows: no statement on it is false."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app, workloads
from tests.real.app import Application
from tests.real.test_owner import kubectl

CHART = Path(__file__).with_name("strange.yaml")
"""Its template; `IMAGE` is one of the testbed's, and `SECURITY` what the restricted level asks for."""

DEEP = {"type": "object", "default": {"b": 2}, "properties": {"b": {"type": "integer"}}}
ODD = {
    "size": {"type": "integer", "default": 1},
    "colour": {"type": "string", "default": "red"},
    "amount": {"x-kubernetes-int-or-string": True},
    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "asked": {"type": "object", "properties": {"a": {"type": "integer"}, "deep": DEEP}},
}
"""The fields of a custom resource, some with defaults."""


@pytest.fixture(scope="module")
def strange(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("strange"), "dockerfile") as application:
        own, more = application.namespace, f"{application.namespace}-more"
        names = {"kind": "Odd", "plural": "odds", "singular": "odd"}
        spec = {"type": "object", "properties": ODD}
        schema = {"type": "object", "properties": {"spec": spec}}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"odds.{own}.example.com"},
            "spec": {
                "group": f"{own}.example.com",
                "scope": "Namespaced",
                "names": names,
                "versions": [version],
            },
        }
        text = json.dumps(definition)
        application.tool("kubectl", "create", "--filename", "-", stdin=text)
        application.tool("kubectl", "create", "namespace", more)
        try:
            application.write("charts/orders/templates/strange.yaml", chart(application))
            application.commit()
            application.until("deploy")
            yield application
        finally:
            gone = ("--ignore-not-found", "--wait=false")
            application.tool("kubectl", "delete", "namespace", more, *gone)
            application.tool("kubectl", "delete", "crd", f"odds.{own}.example.com", *gone)
            for kind in ("clusterrole", "priorityclass", "persistentvolume"):
                application.tool("kubectl", "delete", kind, own, *gone)


def chart(application: Application) -> str:
    security = {**workloads.SECURITY, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    text = CHART.read_text().replace("SECURITY", json.dumps(security))
    return text.replace("IMAGE", workloads.image(application))


def revision(application: Application) -> int:
    listed = json.loads(
        application.tool("helm", "-n", application.namespace, "history", "orders", "-o", "json")
    )
    return max(each["revision"] for each in listed)


def test_what_nobody_has_touched_runs_already(strange: Application) -> None:
    before = revision(strange)
    checked = strange.must("deploy", "--check")
    assert [line for line in checked.out.splitlines() if "declared" in line or "gone" in line] == []
    planned = strange.must("deploy", "--plan", "--json").json()[0]
    assert (planned["acts"], planned["changes"], planned["hands"]) == (False, [], [])
    assert strange.must("deploy", "--json").json()[0]["acted"] is False
    assert revision(strange) == before


def told(text: str) -> list[str]:
    """What a plan says that it does."""
    words = ("ours again: ", "made again: ", "change: ", "create: ", "remove: ", "keep: ")
    return [line.strip() for line in text.splitlines() if line.strip().startswith(words)]


HANDS = {
    ("patch", "secret", "texts", "--patch", '{"stringData": {"five": "6"}}'): (
        "Secret/texts data.five is (secret), declared (secret) (kubectl-patch)"
    ),
    ("scale", "statefulset/odd", "--replicas=1"): (
        "StatefulSet/odd spec.replicas is 1, declared 0 (kubectl)"
    ),
    ("set", "env", "deployment/odd", "--containers=web", "A=2"): (
        "Deployment/odd spec.template.spec.containers[web].env[A].value is 2, declared 1 (kubectl-set)"
    ),
    ("label", "--overwrite", "endpointslice/odd", "kubernetes.io/service-name=other"): (
        "EndpointSlice/odd metadata.labels[kubernetes.io/service-name] is other, declared absent"
        " (kubectl-label)"
    ),
    ("patch", "odds", "odd", "--type=merge", "--patch", '{"spec": {"free": {"anything": [1]}}}'): (
        "Odd/odd spec.free.anything is [1], declared [1, 2.5, null] (kubectl-patch)"
    ),
    ("delete", "service", "odd"): "Service/odd is gone",
}
"""What somebody types, and what is told of it."""


def test_what_hands_have_done_is_told_field_by_field_and_put_back(strange: Application) -> None:
    for words in HANDS:
        kubectl(strange, *words)
    kubectl(strange, "rollout", "restart", "daemonset/odd")
    kubectl(strange, "annotate", "configmap", "same", "by=hand")
    checked = strange.verb("deploy", "--check")
    assert checked.code == 1
    lines = [line.strip() for line in checked.out.splitlines()[1:]]
    assert sorted(line for line in lines if "no fault" not in line) == sorted(HANDS.values())
    assert "ConfigMap/same metadata.annotations.by was added by kubectl-annotate, which is no fault" in lines
    planned = told(strange.must("deploy", "--plan").out)
    assert {line for line in planned if not line.startswith(("ours again: ", "made again: "))} <= {
        "create: Job/passing"
    }
    assert told(strange.must("deploy").err) == planned
    assert strange.must("deploy", "--check").code == 0


def test_two_objects_that_no_chart_goes_over_are_both_told_and_put_back(strange: Application) -> None:
    """A variable of both kinds is none that a server takes: the hand's half goes first."""
    for name, variable in (("orders", "PORT"), ("odd", "A")):
        other = {
            "name": variable,
            "value": None,
            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.uid"}},
        }
        spec = {"containers": [{"name": "web", "env": [other]}]}
        patch = {"spec": {"template": {"spec": spec}}}
        kubectl(strange, "patch", "deployment", name, "--patch", json.dumps(patch))
    checked = strange.verb("deploy", "--check")
    assert checked.code == 1
    for each in (
        "orders spec.template.spec.containers[web].env[PORT]",
        "odd spec.template.spec.containers[web].env[A]",
    ):
        assert f"Deployment/{each}.valueFrom.fieldRef is " in checked.out
    strange.must("deploy")
    assert strange.must("deploy", "--check").code == 0
