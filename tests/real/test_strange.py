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

SECURITY = {**workloads.SECURITY, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
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


def filled(application: Application, text: str) -> str:
    return text.replace("IMAGE", workloads.image(application))


def chart(application: Application) -> str:
    return filled(application, CHART.read_text().replace("SECURITY", json.dumps(SECURITY)))


def revision(application: Application) -> int:
    listed = json.loads(
        application.tool("helm", "-n", application.namespace, "history", "orders", "-o", "json")
    )
    return max(int(each["revision"]) for each in listed)


def test_what_nobody_has_touched_runs_already(strange: Application) -> None:
    # As its time to live would have it.
    kubectl(strange, "delete", "job", "passing")
    before = revision(strange)
    checked = strange.must("deploy", "--check")
    assert [line for line in checked.out.splitlines() if "declared" in line or "gone" in line] == []
    planned = strange.must("deploy", "--plan", "--json").json()[0]
    assert not planned["acts"], planned
    assert strange.must("deploy", "--json").json()[0]["acted"] is False
    assert revision(strange) == before


def told(text: str) -> list[str]:
    """What a plan says that it does."""
    words = ("ours again: ", "made again: ", "change: ", "create: ", "remove: ", "keep: ")
    return [line.strip() for line in text.splitlines() if line.strip().startswith(words)]


def source(name: str) -> str:
    """A patch that gives a variable another source: it is of both kinds then, which no server takes."""
    variable = {"name": name, "value": None, "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}}
    pod = {"containers": [{"name": "web", "env": [variable]}]}
    return json.dumps({"spec": {"template": {"spec": pod}}})


HANDS = {
    ("patch", "secret", "texts", "--patch", '{"stringData": {"five": "6"}}'): (
        "Secret/texts data.five is (secret), declared (secret) (kubectl-patch)"
    ),
    ("scale", "statefulset/odd", "--replicas=1"): (
        "StatefulSet/odd spec.replicas is 1, declared 0 (kubectl)"
    ),
    ("set", "image", "cronjob/odd", "j=example.invalid/foreign:1"): (
        "CronJob/odd spec.jobTemplate.spec.template.spec.containers[j].image is example.invalid/foreign:1, "
        "declared IMAGE (kubectl-set)"
    ),
    ("patch", "deployment", "odd", "--patch", source("A")): (
        "Deployment/odd spec.template.spec.containers[web].env[A].valueFrom.fieldRef is "
        '{"apiVersion": "v1", "fieldPath": "metadata.uid"}, declared nothing (kubectl-patch)'
    ),
    ("patch", "deployment", "orders", "--patch", source("PORT")): (
        "Deployment/orders spec.template.spec.containers[web].env[PORT].valueFrom.fieldRef is "
        '{"apiVersion": "v1", "fieldPath": "metadata.uid"}, declared nothing (kubectl-patch)'
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
BESIDE = {"name": "beside", "image": "IMAGE", "command": ["true"], "securityContext": SECURITY}
SIDECAR = json.dumps({"spec": {"template": {"spec": {"initContainers": [BESIDE]}}}})
"""What another puts into pods."""


def test_what_hands_have_done_is_told_field_by_field_and_put_back(strange: Application) -> None:
    for words in HANDS:
        kubectl(strange, *words)
    kubectl(strange, "rollout", "restart", "daemonset/odd")
    kubectl(strange, "annotate", "configmap", "same", "by=hand")
    more = f"{strange.namespace}-more"
    elsewhere = ("configmap", "same", "--namespace", more)
    kubectl(strange, "patch", *elsewhere, "--patch", '{"data": {"a": "moved"}}')
    kubectl(
        strange,
        "patch",
        "deployment",
        "free",
        "--field-manager=injector",
        "--patch",
        filled(strange, SIDECAR),
    )
    checked = strange.verb("deploy", "--check")
    assert checked.code == 1
    lines = [line.strip() for line in checked.out.splitlines()[1:]]
    told_there = f"ConfigMap/same (namespace {more}) data.a is moved, declared there (kubectl-patch)"
    expected = sorted([told_there, *(filled(strange, each) for each in HANDS.values())])
    assert sorted(line for line in lines if "no fault" not in line) == expected
    assert "ConfigMap/same metadata.annotations.by was added by kubectl-annotate, which is no fault" in lines
    sidecar = "Deployment/free spec.template.spec.initContainers[beside] was added by injector"
    assert f"{sidecar}, which is no fault" in lines
    planned = told(strange.must("deploy", "--plan").out)
    assert {line for line in planned if not line.startswith(("ours again: ", "made again: "))} <= {
        "create: Job/passing"
    }
    assert told(strange.must("deploy").err) == planned
    assert strange.must("deploy", "--check").code == 0


CHANGED = {
    "kind: Service\nmetadata: {name: outside}": "kind: Service\nmetadata: {name: beyond}",
    "metadata: {name: same, namespace": "metadata: {name: fixed, namespace",
    "metadata: {name: listed, labels": "metadata: {name: relisted, labels",
    "kind: ServiceAccount\nmetadata: {name: odd}": "kind: ServiceAccount\nmetadata: {name: even}",
}
"""What another version of the chart has in the place of what: of two namespaces, one whose object stays."""


def test_what_comes_and_what_goes_does_so_as_the_plan_has_it(strange: Application) -> None:
    more = f"{strange.namespace}-more"
    kubectl(strange, "annotate", "serviceaccount", "odd", "helm.sh/resource-policy=keep")
    text = chart(strange)
    for old, new in CHANGED.items():
        assert old in text
        text = text.replace(old, new)
    strange.write("charts/orders/templates/strange.yaml", text)
    strange.commit()
    strange.until("publish")
    planned = told(strange.must("deploy", "--plan").out)
    assert {line for line in planned if line.startswith(("create: ", "remove: "))} - {
        "create: Job/passing"
    } == {
        "create: Service/beyond",
        f"create: ConfigMap/fixed (namespace {more})",
        "create: ConfigMap/relisted",
        "create: ServiceAccount/even",
        "remove: Service/outside",
        f"remove: ConfigMap/same (namespace {more})",
        "remove: ConfigMap/listed",
    }
    strange.must("deploy")
    there = ("get", "--ignore-not-found", "--output", "name")
    assert kubectl(strange, *there, "service/outside", "configmap/listed") == ""
    assert "configmap/same" in kubectl(strange, *there, "configmap/same")
    assert "odd" in kubectl(strange, *there, "serviceaccount/odd")
    assert kubectl(strange, *there, "--namespace", more, "configmap", "same") == ""
    assert strange.must("deploy", "--check").code == 0
