"""A cluster that people touch: what the chart declares is ours again, and said; what it does not, stays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import Application, eventually
from tests.testbed import tools
from tests.testbed.layout import Layout

HANDS = {
    "scale": (("scale", "deployment/orders", "--replicas=3"), "spec.replicas"),
    "none": (("scale", "deployment/orders", "--replicas=0"), "spec.replicas"),
    "env": (
        ("set", "env", "deployment/orders", "PORT=9"),
        "spec.template.spec.containers[web].env[PORT].value",
    ),
    "image": (
        ("set", "image", "deployment/orders", "web=example.invalid/foreign:1"),
        "spec.template.spec.containers[web].image",
    ),
}
"""What somebody types, and which field of the chart it changes."""


AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "orders"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"},
        "minReplicas": 3,
        "maxReplicas": 4,
    },
}


@pytest.fixture(scope="module")
def orders(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("owner"), "dockerfile") as application:
        application.replace("app.yaml", "replicas: 1", "replicas: 2")
        application.must("generate")
        application.commit()
        application.until("deploy")
        yield application


@pytest.fixture(params=["helm 4", "helm 3"])
def deployed(orders: Application, request: pytest.FixtureRequest) -> Application:
    """The application as it was deployed, with that Helm on the path."""
    application = with_helm(orders, request.param)
    application.must("deploy")
    return application


def with_helm(application: Application, which: str) -> Application:
    if which == "helm 4":
        return application
    old = tools.helm3(Layout.from_environment())
    return application.with_env(PATH=f"{old}:{app.BIN}:{os.environ['PATH']}")


def kubectl(application: Application, *arguments: str, stdin: str | None = None) -> str:
    return application.tool("kubectl", "-n", application.namespace, *arguments, stdin=stdin)


def deployment(application: Application) -> dict[str, Any]:
    (found,) = application.objects("deployments")
    return found


def declared(application: Application) -> dict[str, Any]:
    """What of the Deployment a chart says; the rest is the server's and others'."""
    spec = deployment(application)["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    variables = {each["name"]: each.get("value") for each in container["env"]}
    return {"replicas": spec["replicas"], "image": container["image"], "PORT": variables["PORT"]}


def variables(application: Application) -> set[str]:
    (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
    return {each["name"] for each in container["env"]}


@pytest.mark.parametrize(
    ("deployed", "hand"),
    matrix.sampled("deploy", [(helm, hand) for helm in ("helm 4", "helm 3") for hand in HANDS], keep=4),
    indirect=["deployed"],
)
def test_what_a_hand_has_changed_is_found_and_put_back(deployed: Application, hand: str) -> None:
    before = declared(deployed)
    words, path = HANDS[hand]
    kubectl(deployed, *words)
    assert declared(deployed) != before
    checked = deployed.verb("deploy", "--check")
    assert checked.code == 1
    assert f"Deployment/orders {path} is " in checked.out
    status = deployed.verb("status")
    assert status.code == 1
    assert f"Deployment/orders {path} is " in status.out
    planned = deployed.must("deploy", "--plan", "--json").json()[0]
    assert planned["acts"]
    assert [each["path"] for each in planned["hands"]] == [path]
    # Zero pods count as a field left out, which nobody owns.
    assert planned["hands"][0]["manager"].startswith("somebody" if hand == "none" else "kubectl")
    assert declared(deployed) != before, "a plan changes nothing"
    said = deployed.must("deploy")
    assert f"ours again: Deployment/orders {path}: " in said.err
    assert declared(deployed) == before
    assert deployed.must("deploy", "--check").code == 0
    assert deployed.must("deploy", "--json").json()[0]["acted"] is False


def test_a_new_version_goes_over_every_hand_at_once(deployed: Application) -> None:
    before = declared(deployed)
    for words, _ in HANDS.values():
        kubectl(deployed, *words)
    kubectl(deployed, "set", "env", "deployment/orders", "EXTRA=1")
    kubectl(deployed, "delete", "service", "orders")
    deployed.write("index.html", f"orders {os.urandom(4).hex()}")
    deployed.commit()
    for verb in ("build", "push", "package", "publish"):
        deployed.must(verb)
    said = deployed.must("deploy")
    for _, path in HANDS.values():
        assert f"ours again: Deployment/orders {path}: " in said.err
    assert "made again: Service/orders" in said.err
    after = declared(deployed)
    assert {**after, "image": ""} == {**before, "image": ""}
    assert after["image"] != before["image"]
    assert "EXTRA" in variables(deployed), "what the chart does not declare stays"
    checked = deployed.must("deploy", "--check")
    assert "env[EXTRA] was added by kubectl-set, which is no fault" in checked.out
    kubectl(deployed, "set", "env", "deployment/orders", "EXTRA-")


def test_an_autoscaler_made_by_hand_is_no_fault_and_stops_no_deployment(deployed: Application) -> None:
    kubectl(deployed, "create", "--filename", "-", stdin=json.dumps(AUTOSCALER))
    try:
        assert eventually(lambda: deployment(deployed)["status"].get("readyReplicas") == 3, 60)
        assert deployed.must("deploy", "--check").code == 0
        assert deployed.must("deploy", "--json").json()[0]["acted"] is False
        deployed.write("index.html", f"orders {os.urandom(4).hex()}")
        deployed.commit()
        for verb in ("build", "push", "package", "publish", "deploy"):
            deployed.must(verb)
        assert eventually(lambda: deployment(deployed)["status"].get("readyReplicas") == 3, 60)
    finally:
        kubectl(deployed, "delete", "horizontalpodautoscaler", "orders")
        deployed.must("deploy")


READER = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch]}]
"""


def test_who_may_only_look_is_told_what_runs_and_that_it_was_not_compared(
    orders: Application, tmp_path: Path
) -> None:
    orders.must("deploy")
    kubectl(orders, "apply", "--filename", "-", stdin=READER)
    token = kubectl(orders, "create", "token", "reader").strip()
    config = json.loads(orders.tool("kubectl", "config", "view", "--raw", "--minify", "-o", "json"))
    config["users"][0]["user"] = {"token": token}
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    reader = orders.with_env(KUBECONFIG=str(file))
    said = reader.must("status")
    assert "not compared with the chart: " in said.out
    assert "forbidden" in said.out
    checked = reader.verb("deploy", "--check")
    assert checked.code == 5
    assert "forbidden" in checked.reason
    kubectl(orders, "set", "image", "deployment/orders", "web=example.invalid/foreign:1")
    assert reader.verb("status").code == 1
    orders.must("deploy")
