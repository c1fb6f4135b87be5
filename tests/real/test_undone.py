"""What a hand has put beside the declared, and no server takes with it, stops no later deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import Application
from tests.real.test_owner import deployment, kubectl, with_helm

HELMS = ["helm 4", "helm 3"]
LIMIT = ("set", "resources", "deployment/orders", "--requests=cpu=10m", "--limits=cpu=20m")
POD = "Deployment/orders spec.template.spec.containers[web]."


def patch(*at: str, **fields: Any) -> tuple[str, ...]:
    """What is typed to change something of the one container."""
    inside: dict[str, Any] = {**fields}
    for step in reversed(at):
        inside = {step: inside}
    whole = {"spec": {"template": {"spec": {"containers": [{"name": "web", **inside}]}}}}
    return ("patch", "deployment", "orders", "--patch", json.dumps(whole))


HANDS = {
    LIMIT: f"{POD}resources.limits.cpu is 20m, declared nothing (kubectl-set)",
    patch("lifecycle", "preStop", sleep=None, exec={"command": ["true"]}): (
        f"{POD}lifecycle.preStop.exec.command"
    ),
}
"""What somebody types, and what is told of it."""


@pytest.fixture(scope="module")
def deployed(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("undone"), "dockerfile") as application:
        application.replace("app.yaml", "replicas: 1", "replicas: 1\n  env: {A: x, B: z}")
        application.must("generate")
        application.commit()
        application.until("deploy")
        yield application


@pytest.mark.parametrize(
    ("hand", "which"), matrix.sampled("deploy", [(hand, which) for hand in HANDS for which in HELMS], keep=2)
)
def test_the_hand_s_half_goes_first(deployed: Application, hand: tuple[str, ...], which: str) -> None:
    application = with_helm(deployed, which)
    application.must("deploy")
    kubectl(application, *hand)
    checked = application.verb("deploy", "--check")
    assert (checked.code, HANDS[hand] in checked.out) == (1, True), checked.out
    planned = application.must("deploy", "--plan").out
    assert "refused: " not in planned, planned
    application.must("deploy")
    assert application.must("deploy", "--check").code == 0
    (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
    assert "cpu" not in container["resources"]["limits"]
    assert "exec" not in container["lifecycle"]["preStop"]


@pytest.mark.parametrize("which", matrix.sampled("deploy", HELMS, keep=1))
def test_a_port_that_got_another_number_gets_its_own_again(deployed: Application, which: str) -> None:
    """It is another port by that, of the name of the declared one: no server takes both."""
    application = with_helm(deployed, which)
    application.must("deploy")
    number = json.dumps([{"op": "replace", "path": "/spec/ports/0/port", "value": 81}])
    kubectl(application, "patch", "service", "orders", "--type=json", "--patch", number)
    checked = application.verb("deploy", "--check")
    assert (checked.code, "Service/orders spec.ports[81/TCP] is" in checked.out) == (1, True), checked.out
    application.must("deploy")
    (service,) = application.objects("services")
    assert [each["port"] for each in service["spec"]["ports"]] == [80]
    assert application.must("deploy", "--check").code == 0


@pytest.mark.parametrize("which", matrix.sampled("deploy", HELMS, keep=1))
def test_a_double_and_another_source_in_one_object_both_go(deployed: Application, which: str) -> None:
    application = with_helm(deployed, which)
    application.must("deploy")
    kubectl(
        application,
        *patch(env=[{"name": "B", "value": None, "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}}]),
    )
    double = [
        {
            "op": "add",
            "path": "/spec/template/spec/containers/0/env/-",
            "value": {"name": "A", "value": "hand's"},
        }
    ]
    kubectl(application, "patch", "deployment", "orders", "--type=json", "--patch", json.dumps(double))
    application.must("deploy")
    (container,) = deployment(application)["spec"]["template"]["spec"]["containers"]
    named = [each for each in container["env"] if each["name"] in {"A", "B"}]
    assert sorted(named, key=lambda each: each["name"]) == [
        {"name": "A", "value": "x"},
        {"name": "B", "value": "z"},
    ]
    assert application.must("deploy", "--check").code == 0


@pytest.mark.parametrize("which", matrix.sampled("deploy", HELMS, keep=1))
def test_a_deployment_that_a_hand_has_paused_is_told_before(deployed: Application, which: str) -> None:
    application = with_helm(deployed, which)
    application.must("deploy")
    kubectl(application, "rollout", "pause", "deployment/orders")
    try:
        assert "runs already" in application.must("deploy").out
        kubectl(application, "set", "env", "deployment/orders", "A=other")
        assert "refused: Deployment/orders is paused" in application.must("deploy", "--plan").out
        said = application.verb("deploy")
        assert (said.code, "Deployment/orders is paused" in said.err) == (6, True), said.err
    finally:
        kubectl(application, "rollout", "resume", "deployment/orders")
    application.must("deploy")
