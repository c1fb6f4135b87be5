from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.deployment import SECRET, Look
from pipelinekit.plan.deploying import deployment, fields, intruders, repairs
from tests.fielded import entry

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


def put_back(seen: Look, declared: dict[str, Any]) -> list[Any]:
    """What is done to the one object, once it is sure that it is as it was seen."""
    for _, (first, *rest) in repairs.patches(seen, [declared], owns=True):
        assert first == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}
        return rest
    return []


def test_a_value_in_the_place_of_a_reference_is_named_without_it() -> None:
    declared = made([{"name": "KEY", "valueFrom": REFERENCE}])
    live = made([{"name": "X"}, {"name": "KEY", "value": "hunter2"}], env("KEY", "value"))
    (change,) = intruders.changes(look(live), [declared])
    assert (change.path, change.live, change.manager) == (
        "spec.containers[web].env[KEY].value",
        SECRET,
        "kubectl-set",
    )
    assert put_back(look(live), declared) == [
        {
            "op": "replace",
            "path": "/spec/containers/0/env/1",
            "value": {"name": "KEY", "valueFrom": REFERENCE},
        },
    ]


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
    assert put_back(look(live), declared) == [
        {"op": "replace", "path": "/spec/containers/0/readinessProbe", "value": probe}
    ]


def test_what_the_chart_does_not_declare_and_what_it_declares_alike_is_no_intruder() -> None:
    declared = made([{"name": "A", "value": "x"}])
    live = made(
        [{"name": "A", "value": "y"}, {"name": "B", "value": "1"}], env("A", "value"), env("B", "value")
    )
    (change,) = intruders.changes(look(live), [declared])
    assert (change.path, change.live) == ("", "not both"), "the server's own reason is all there is"
    assert put_back(look(live), declared) == []


def test_what_the_server_takes_is_left_alone() -> None:
    declared = made([{"name": "A", "value": "x"}])
    live = made([{"name": "A", "valueFrom": REFERENCE}], env("A", "valueFrom"))
    fine = Look(live=[live], applied=[])
    assert list(intruders.changes(fine, [declared])) == []
    assert put_back(fine, declared) == []


POD = "spec.template.spec.containers[0]"
IN_POD = ("f:spec", "f:template", "f:spec", "f:containers", WEB)
UNIONS = {
    "a limit below the request": (
        f'{POD}.resources.requests: Invalid value: "250m": must be less than or equal to cpu limit of 50m',
        (*IN_POD, "f:resources", "f:limits", "f:cpu"),
    ),
    "another handler": (
        f"{POD}.lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type",
        (*IN_POD, "f:lifecycle", "f:preStop", "f:exec"),
    ),
    "a part of another kind of profile": (
        f'{POD}.securityContext.seccompProfile.localhostProfile: Invalid value: "x": must only be set if',
        (*IN_POD, "f:securityContext", "f:seccompProfile", "f:localhostProfile"),
    ),
    "one of two of which there may be one": (
        "spec: Invalid value: {…}: minAvailable and maxUnavailable cannot be both set",
        ("f:spec", "f:minAvailable"),
    ),
    "what goes with another type": (
        "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
        ("f:spec", "f:loadBalancerSourceRanges"),
    ),
}


def pods(**more: Any) -> dict[str, Any]:
    container = {
        "name": "web",
        "resources": {"requests": {"cpu": "250m"}},
        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
    }
    spec = {"maxUnavailable": 1, "type": "ClusterIP", "template": {"spec": {"containers": [container]}}}
    return {"kind": "Deployment", "metadata": {"name": "orders"}, "spec": {**spec, **more}}


@pytest.mark.parametrize("case", UNIONS)
def test_what_the_server_names_is_the_hand_s_whatever_the_rule(case: str) -> None:
    why, path = UNIONS[case]
    live = pods(note="other")
    at = fields.value_at(path[:1], live)
    for place in range(1, len(path) - 1):
        below = fields.value_at((path[place],), at)
        if below is None:
            assert isinstance(at, dict)
            below = at[path[place].removeprefix("f:")] = {}
        at = below
    assert isinstance(at, dict)
    at[path[-1].removeprefix("f:")] = "hand's"
    live["metadata"] |= {"resourceVersion": "7"}
    live["metadata"]["managedFields"] = [entry("kubectl-edit", "Update", path, ("f:spec", "f:note"))]
    seen = Look(live=[live], applied=[], refused={NAME: why})
    found = [each.path for each in intruders.changes(seen, [pods()])]
    assert fields.shown(path) in found
    if path[:2] != ("f:spec", "f:minAvailable"):
        assert found == [fields.shown(path)], "what has nothing to do with it stays"
    put = {each["path"]: each.get("value") for each in put_back(seen, pods())}
    if len(path) == 2:
        assert put["/spec/" + path[1].removeprefix("f:")] is None
    else:
        (whole,) = put
        steps = [step.replace(WEB, "0").removeprefix("f:") for step in path]
        assert "/".join(["", *steps]).startswith(f"{whole}/")
        assert put[whole] is not None


def test_of_what_never_changes_nothing_is_put_back() -> None:
    live = {**pods(note="x"), "metadata": {"name": "orders", "resourceVersion": "7"}}
    live["metadata"]["managedFields"] = [entry("kubectl", "Update", ("f:spec", "f:note"))]
    for why in (
        "spec: Forbidden: updates to statefulset spec for …",
        "spec.x: Invalid value: field is immutable",
    ):
        seen = Look(live=[live], applied=[], refused={NAME: why})
        assert [each.path for each in intruders.changes(seen, [pods()])] == [""]
        assert put_back(seen, pods()) == []


def test_of_a_pod_as_a_whole_what_others_have_put_beside_is_left_alone() -> None:
    pod = ("f:spec", "f:template", "f:spec")
    beside = (*pod, "f:containers", 'k:{"name":"side"}')
    live = pods()
    spec = live["spec"]["template"]["spec"]
    spec["containers"].append({"name": "side", "image": "x"})
    spec |= {"hostUsers": False, "hostNetwork": True}
    live["metadata"] |= {"resourceVersion": "7"}
    paths = [(*beside, "."), (*beside, "f:image"), (*pod, "f:hostUsers"), (*pod, "f:hostNetwork")]
    live["metadata"]["managedFields"] = [entry("injector", "Update", *paths)]
    why = "spec.template.spec.hostNetwork: Forbidden: cannot be combined with user namespaces"
    seen = Look(live=[live], applied=[], refused={NAME: why})
    assert [each.path for each in intruders.changes(seen, [pods()])] == ["spec.template.spec.hostNetwork"]
    assert put_back(seen, pods()) == [{"op": "remove", "path": "/spec/template/spec/hostNetwork"}]
    seen = Look(live=[live], applied=[], refused={NAME: "spec.template.spec.x: Forbidden: no"})
    assert [each["path"] for each in put_back(seen, pods())] == [
        "/spec/template/spec/hostNetwork",
        "/spec/template/spec/hostUsers",
    ]


def test_a_port_whose_number_a_hand_has_changed_is_the_declared_one() -> None:
    def service(number: int) -> dict[str, Any]:
        port = {"name": "http", "port": number, "targetPort": "http"}
        beside = {"name": "more", "port": 99}
        return {
            "kind": "Service",
            "apiVersion": "v1",
            "metadata": {"name": "orders", "resourceVersion": "7"},
            "spec": {"ports": [{**beside, "protocol": "TCP"}, {**port, "protocol": "TCP"}]},
        }

    live, declared = service(81), service(80)
    declared["spec"]["ports"] = [{"name": "http", "port": 80, "targetPort": "http"}]
    paths = []
    for number in (81, 99):
        at = ("f:spec", "f:ports", f'k:{{"port":{number},"protocol":"TCP"}}')
        paths += [(*at, "."), (*at, "f:name"), (*at, "f:port")]
    live["metadata"]["managedFields"] = [entry("kubectl-edit", "Update", *paths)]
    why = 'spec.ports[2].name: Duplicate value: "http"'
    seen = Look(live=[live], applied=[], refused={"Service/orders": why})
    (change,) = intruders.changes(seen, [declared])
    assert (change.path, change.manager) == ("spec.ports[81/TCP]", "kubectl-edit")
    (put,) = put_back(seen, declared)
    assert put == {"op": "replace", "path": "/spec/ports/1", "value": declared["spec"]["ports"][0]}


def test_what_the_server_knows_no_manager_of_is_nobody_s_work() -> None:
    """Defaults are among it, after somebody has cleared an object's managers."""
    path = (*IN_POD, "f:resources", "f:limits", "f:cpu")
    live = pods()
    live["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] = {"cpu": "1"}
    live["metadata"]["managedFields"] = [entry(fields.NOBODY, "Update", path)]
    seen = Look(live=[live], applied=[], refused={NAME: f"{POD}.resources.limits: Invalid value: no"})
    assert [each.path for each in intruders.changes(seen, [pods()])] == [""]
    assert list(deployment.additions(live, live)) == []
