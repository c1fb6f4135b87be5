from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from pipelinekit.adapters.cluster.objects import Objects
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from pipelinekit.plan.deploying.fields import PREPARES
from pipelinekit.ports import RIVAL
from pipelinekit.reading.chart.manifest import read_manifest
from tests import examples

AT = examples.target()
MANIFEST = """\
kind: List
apiVersion: v1
items:
- {apiVersion: batch/v1, kind: Job, metadata: {name: a, labels: null, annotations: {note: x}}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: other}}
"""


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a server is asked to apply."""
    found: list[dict[str, Any]] = []

    def run(argv: Sequence[str], *, stdin: str | None = None, **_: object) -> process.Completed:
        if "apply" in argv:
            found.extend(read_manifest(stdin or ""))
        return process.Completed(0, json.dumps({"kind": "List", "apiVersion": "v1", "items": []}), "")

    monkeypatch.setattr(process, "run", run)
    return found


def test_what_would_be_applied_has_what_helm_writes_into_each_object(laid: list[dict[str, Any]]) -> None:
    Objects({}).look(AT, MANIFEST)
    marks = {"meta.helm.sh/release-name": AT.name, "meta.helm.sh/release-namespace": AT.namespace}
    assert [each["metadata"]["labels"] for each in laid] == [{"app.kubernetes.io/managed-by": "Helm"}] * 2
    assert [each["metadata"]["annotations"] for each in laid] == [{"note": "x"} | marks, marks]


def test_what_helm_does_not_apply_has_none_of_it(laid: list[dict[str, Any]]) -> None:
    Objects({}, PREPARES).look(AT, MANIFEST)
    assert [each["metadata"] for each in laid] == [each["metadata"] for each in read_manifest(MANIFEST)]


def test_of_several_objects_that_a_server_refuses_each_is_known_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    why = "spec.selector: Invalid value: 1: field is immutable"

    def run(argv: Sequence[str], *, stdin: str | None = None, **_: object) -> process.Completed:
        given = [each["metadata"]["name"] for each in read_manifest(stdin or "")]
        if "apply" in argv and {"a", "b"} & set(given):
            said = f'Error from server (Invalid): Deployment.apps "{{}}" is invalid: {why}\n'
            return process.Completed(1, "", said.format("a") + said.format("b"))
        items = [{"kind": "Deployment", "metadata": {"name": name}} for name in given]
        return process.Completed(0, json.dumps({"kind": "List", "apiVersion": "v1", "items": items}), "")

    monkeypatch.setattr(process, "run", run)
    three = [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}} for name in "abc"]
    look = Objects({}).look(AT, "---\n".join(json.dumps(each) + "\n" for each in three))
    assert look.refused == {"Deployment/a": why, "Deployment/b": why}
    assert [each["metadata"]["name"] for each in look.applied] == ["c"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("The request is invalid: the server rejected our request due to an error in our request", RIVAL),
        ('Error from server (NotFound): deployments.apps "orders" not found', "cluster-failed"),
    ],
    ids=["unlike", "gone"],
)
def test_what_has_changed_since_the_look_is_somebody_elses_doing(
    monkeypatch: pytest.MonkeyPatch, said: str, code: str
) -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(1, "", said))
    with pytest.raises(ToolFailed) as caught:
        Objects({}).restore(AT, "Deployment.v1.apps/orders", [])
    assert caught.value.faults[0].code == code


def test_an_object_that_is_defined_no_more_is_why_nothing_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = (
        'error: resource mapping not found for name: "a" namespace: "" from "STDIN":'
        ' no matches for kind "Foo" in version "x.example/v1"\nensure CRDs are installed first'
    )
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(1, "", said))
    with pytest.raises(ToolFailed) as caught:
        Objects({}).look(
            AT, json.dumps({"apiVersion": "x.example/v1", "kind": "Foo", "metadata": {"name": "a"}})
        )
    assert caught.value.faults[0].hint.startswith("the cluster no longer defines Foo in x.example/v1")
