from __future__ import annotations

from typing import Any

from pipelinekit.model.deployment import SECRET, Look
from pipelinekit.plan.deploying import intruders

WEB = 'k:{"name":"web"}'
AT = ("f:spec", "f:containers", WEB)
REFERENCE = {"secretKeyRef": {"name": "s", "key": "k"}}
NAME = "Deployment/orders"


def made(variables: list[dict[str, Any]], *hands: tuple[str, ...], **more: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in hands:
        at = tree
        for step in path:
            at = at.setdefault(step, {})
    managed = [{"manager": "kubectl-set", "operation": "Update", "fieldsV1": tree}]
    container = {"name": "web", "env": variables, **more}
    metadata = {"name": "orders", "resourceVersion": "7", "managedFields": managed}
    return {"kind": "Deployment", "metadata": metadata, "spec": {"containers": [container]}}


def env(name: str, field: str) -> tuple[str, ...]:
    return (*AT, "f:env", f'k:{{"name":"{name}"}}', f"f:{field}")


def look(live: dict[str, Any]) -> Look:
    return Look(live=[live], applied=[], refused={NAME: "not both"})


def test_a_value_in_the_place_of_a_reference_is_named_without_it() -> None:
    declared = made([{"name": "KEY", "valueFrom": REFERENCE}])
    live = made([{"name": "X"}, {"name": "KEY", "value": "hunter2"}], env("KEY", "value"))
    (change,) = intruders.changes(look(live), [declared])
    assert (change.path, change.live, change.manager) == (
        "spec.containers[web].env[KEY].value",
        SECRET,
        "kubectl-set",
    )
    assert intruders.repairs(look(live), [declared]) == {
        ("", NAME): [
            {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
            {
                "op": "replace",
                "path": "/spec/containers/0/env/1",
                "value": {"name": "KEY", "valueFrom": REFERENCE},
            },
        ]
    }


def test_a_reference_in_the_place_of_a_value_is_found_as_well() -> None:
    declared = made([{"name": "A", "value": "x"}])
    live = made([{"name": "A", "valueFrom": REFERENCE}], env("A", "valueFrom"))
    (change,) = intruders.changes(look(live), [declared])
    assert (change.path, change.live) == ("spec.containers[web].env[A].valueFrom", REFERENCE)


def test_another_kind_of_probe_is_put_back_as_a_whole() -> None:
    probe = {"httpGet": {"path": "/"}}
    declared = made([], readinessProbe=probe)
    live = made(
        [], (*AT, "f:readinessProbe", "f:exec"), readinessProbe={**probe, "exec": {"command": ["true"]}}
    )
    assert [each.path for each in intruders.changes(look(live), [declared])] == [
        "spec.containers[web].readinessProbe.exec"
    ]
    (_, put) = intruders.repairs(look(live), [declared])["", NAME]
    assert put == {"op": "replace", "path": "/spec/containers/0/readinessProbe", "value": probe}


def test_what_the_chart_does_not_declare_and_what_it_declares_alike_is_no_intruder() -> None:
    declared = made([{"name": "A", "value": "x"}])
    live = made(
        [{"name": "A", "value": "y"}, {"name": "B", "value": "1"}], env("A", "value"), env("B", "value")
    )
    (change,) = intruders.changes(look(live), [declared])
    assert (change.path, change.live) == ("", "not both"), "the server's own reason is all there is"
    assert intruders.repairs(look(live), [declared]) == {}


def test_what_the_server_takes_is_left_alone() -> None:
    declared = made([{"name": "A", "value": "x"}])
    live = made([{"name": "A", "valueFrom": REFERENCE}], env("A", "valueFrom"))
    fine = Look(live=[live], applied=[])
    assert list(intruders.changes(fine, [declared])) == []
    assert intruders.repairs(fine, [declared]) == {}
