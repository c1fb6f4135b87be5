"""Of one object one patch, with all that hands have done in it: of two the first was lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pipelinekit.model.deployment import Look
from pipelinekit.plan.deploying import fields, repairs
from tests.fielded import entry, variable

REFERENCE = {"secretKeyRef": {"name": "s", "key": "k"}}
WEB = 'k:{"name":"web"}'
SIDE = 'k:{"name":"side"}'


def declared(api: str = "apps/v1") -> dict[str, Any]:
    containers = [
        {"name": "web", "env": [{"name": "A", "value": "x"}, {"name": "B", "value": "y"}]},
        {"name": "side", "env": [{"name": "C", "value": "z"}], "ports": [{"containerPort": 80}]},
    ]
    metadata = {"name": "orders", "namespace": "dev", "resourceVersion": "7"}
    spec = {"template": {"spec": {"containers": containers}}}
    return {"apiVersion": api, "kind": "Deployment", "metadata": metadata, "spec": spec}


def touched(**places: Any) -> dict[str, Any]:
    """As it is after hands: `web` and `side` are their containers' variables, `ports` those of the latter."""
    live = declared()
    web, side = live["spec"]["template"]["spec"]["containers"]
    web["env"] = places.get("web", web["env"])
    side["env"] = places.get("side", side["env"])
    side["ports"] = places.get("ports", side["ports"])
    beside = ("f:spec", "f:template", "f:spec", "f:containers", SIDE)
    port = (*beside, "f:ports", 'k:{"containerPort":80,"protocol":"TCP"}', ".")
    paths = [*variable("A", "value"), *variable("B", "valueFrom"), port]
    paths.append((*beside, "f:env", 'k:{"name":"C"}', "f:valueFrom"))
    live["metadata"]["managedFields"] = [entry("kubectl-patch", "Update", *paths)]
    return live


FOREIGN_B = [{"name": "A", "value": "x"}, {"name": "B", "valueFrom": REFERENCE}]
TWICE_C = [{"name": "C", "value": "z"}, {"name": "C", "value": "hand's"}]
FOREIGN_C = [{"name": "C", "valueFrom": REFERENCE}]
TCP = {"containerPort": 80, "protocol": "TCP"}
AT = "/spec/template/spec/containers"


@pytest.mark.parametrize(
    ("live", "put"),
    [
        pytest.param(
            touched(web=FOREIGN_B, side=TWICE_C),
            {f"{AT}/0/env/1": {"name": "B", "value": "y"}, f"{AT}/1/env": [{"name": "C", "value": "z"}]},
            id="another source in one container, a double in another",
        ),
        pytest.param(
            touched(web=FOREIGN_B, side=FOREIGN_C),
            {f"{AT}/0/env/1": {"name": "B", "value": "y"}, f"{AT}/1/env/0": {"name": "C", "value": "z"}},
            id="another source in each of two containers",
        ),
        pytest.param(
            touched(web=[*FOREIGN_B, {"name": "A", "value": "hand's"}]),
            {f"{AT}/0/env": [{"name": "A", "value": "x"}, {"name": "B", "value": "y"}]},
            id="both in one list, which is put back as a whole",
        ),
        pytest.param(
            touched(web=FOREIGN_B, ports=[TCP, {**TCP, "name": "hand"}]),
            {f"{AT}/0/env/1": {"name": "B", "value": "y"}, f"{AT}/1/ports": [{"containerPort": 80}]},
            id="a double of what the chart names without the server's default",
        ),
    ],
)
def test_all_that_is_to_be_undone_in_one_object_is_one_patch(
    live: dict[str, Any], put: dict[str, Any]
) -> None:
    look = Look(live=[live], applied=[], refused={"Deployment/orders": "not both"}, home="dev")
    ((there, patch),) = repairs.patches(look, [declared()], owns=False)
    assert there is live
    assert patch[0] == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}
    assert {each["path"]: each["value"] for each in patch[1:]} == put


def test_what_an_object_reports_of_itself_is_no_change_of_it() -> None:
    live = touched(web=FOREIGN_B)
    live["metadata"]["generation"] = 4
    look = Look(live=[live], applied=[], refused={"Deployment/orders": "not both"}, home="dev")
    ((_, patch),) = repairs.patches(look, [declared()], owns=False)
    assert patch[0] == {"op": "test", "path": "/metadata/generation", "value": 4}


def test_a_helm_that_owns_fields_leaves_nothing_twice_by_itself() -> None:
    look = Look(live=[touched(side=TWICE_C)], applied=[declared()], home="dev")
    assert repairs.patches(look, [declared()], owns=True) == []


def test_an_object_is_named_so_that_another_group_s_is_not_meant() -> None:
    assert fields.exact(declared()) == "Deployment.v1.apps/orders"
    assert fields.exact({**declared(), "apiVersion": "v1", "kind": "Service"}) == "Service/orders"


def test_what_another_group_calls_the_same_is_another_object() -> None:
    live, namesake = touched(web=FOREIGN_B), copy.deepcopy(declared("example.com/v1"))
    look = Look(live=[live, namesake], applied=[], refused={"Deployment/orders": "not both"}, home="dev")
    given = [declared(), declared("example.com/v1")]
    assert [there["apiVersion"] for there, _ in repairs.patches(look, given, owns=True)] == ["apps/v1"]
