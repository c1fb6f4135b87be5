from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.rollout.definitions import (
    KEEP,
    differs,
    forgotten,
    kinds_of,
    misfits,
    own_group,
    refusal,
    split,
)

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "mode": {"type": "string", "enum": ["a", "b"], "maxLength": 1},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "port": {"x-kubernetes-int-or-string": True},
                "list": {"type": "array", "minItems": 1, "items": {"type": "boolean"}},
                "maybe": {"type": "string", "nullable": True},
            },
        }
    },
}


def crd(*versions: str, **more: Any) -> Any:
    served = [
        {"name": each, "served": True, "storage": at == 0, "schema": {"openAPIV3Schema": SCHEMA}}
        for at, each in enumerate(versions)
    ]
    names = {"kind": "Widget", "plural": "widgets"}
    return {
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": served, **more},
    }


def live(*versions: str, stored: tuple[str, ...] = ("v1",)) -> Any:
    found = crd(*versions)
    found["metadata"]["annotations"] = dict(KEEP)
    found["spec"]["conversion"] = {"strategy": "None"}
    return {**found, "status": {"storedVersions": list(stored)}}


def test_definitions_leave_the_rest_and_are_marked_to_be_kept() -> None:
    service = {"kind": "Service", "metadata": {"name": "a"}}
    hook = crd("v1")
    hook["metadata"]["annotations"] = {"helm.sh/hook": "pre-install", "other": "x"}
    (mine,), rest = split([crd("v1"), service, hook])
    assert mine["metadata"]["annotations"] == {"other": "x", **KEEP}
    assert rest == (service,)


def test_what_the_server_fills_in_is_no_difference() -> None:
    assert differs(crd("v1"), None)
    assert not differs(crd("v1"), live("v1"))
    assert differs(crd("v1", "v2"), live("v1"))
    assert differs(crd("v1"), {**live("v1"), "metadata": {"name": "x"}})


def test_a_version_that_is_still_stored_is_not_removed() -> None:
    assert forgotten(crd("v2"), live("v1", "v2", stored=("v1", "v2"))) == ("v1",)
    assert "still stored as v1" in refusal(crd("v2"), live("v1", "v2"))
    assert refusal(crd("v1", "v2"), live("v1")) == ""
    assert "scope" in refusal(crd("v1", scope="Cluster"), live("v1"))


def widget(spec: Any, version: str = "v1", kind: str = "Widget") -> Any:
    return {"apiVersion": f"example.com/{version}", "kind": kind, "metadata": {"name": "one"}, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"size": 2, "mode": "a", "labels": {"a": "b"}, "port": "x", "list": [True], "maybe": None}, ""),
        ({"size": 2, "free": {"anything": [1]}}, ""),
        ({}, "spec lacks size"),
        ({"size": "2"}, "spec.size is no integer"),
        ({"size": True}, "spec.size is no integer"),
        ({"size": 0}, "spec.size is less than 1"),
        ({"size": 10}, "spec.size is more than 9"),
        ({"size": None}, "spec.size has no value"),
        ({"size": 1, "mode": "c"}, "spec.mode is none of a, b"),
        ({"size": 1, "sise": 1}, "spec.sise is a field that the definition does not know"),
        ({"size": 1, "labels": {"a": 1}}, "spec.labels.a is no string"),
        ({"size": 1, "port": 1.5}, "spec.port is neither"),
        ({"size": 1, "list": []}, "spec.list has fewer than 1"),
        ({"size": 1, "list": ["x"]}, "spec.list[0] is no boolean"),
    ],
)
def test_objects_are_held_against_definitions(spec: Any, problem: str) -> None:
    said = list(misfits([widget(spec)], kinds_of([crd("v1")])))
    assert [problem in each for each in said] == ([True] if problem else [])


def test_a_kind_or_version_that_no_definition_serves_is_told() -> None:
    kinds = kinds_of([crd("v1")])
    assert own_group(kinds, "example.com/v3")
    assert not own_group(kinds, "apps/v1")
    (said,) = misfits([widget({"size": 1}, version="v3")], kinds)
    assert said == "Widget/one: no definition serves a kind Widget of example.com/v3"
    assert list(misfits([{**widget({}), "apiVersion": "other.org/v1"}], kinds)) == []
