from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from tests import examples

AT = examples.target()
POD = '{"kind": "Pod", "metadata": {"name": "web-0"}}'
DENIED = 'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods"'


def says(monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str = "") -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: process.Completed(code, out, err))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: kubectl.check({}, AT, "get", "pods"),
        lambda: kubectl.listed({}, AT, "pods"),
        lambda: kubectl.found({}, AT, "pod", "web-0"),
    ],
    ids=["check", "listed", "found"],
)
def test_a_refusal_of_the_cluster_is_raised_with_a_next_step(
    ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What has come before the refusal is no answer.
    says(monkeypatch, 1, f'{{"items": [{POD}]}}', DENIED)
    with pytest.raises(ToolFailed) as caught:
        ask()
    assert caught.value.faults[0].code == "cluster-denied"
    assert caught.value.faults[0].hint


def test_the_objects_of_a_list_and_the_one_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, 0, f'{{"items": [{POD}]}}')
    assert [each["metadata"]["name"] for each in kubectl.listed({}, AT, "pods")] == ["web-0"]
    says(monkeypatch, 0, POD)
    there = kubectl.found({}, AT, "pod", "web-0")
    assert there is not None
    assert there["metadata"]["name"] == "web-0"


def test_nothing_at_all_is_no_object_of_that_name_and_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, 0, "\n")
    assert kubectl.found({}, AT, "pod", "web-0") is None
    with pytest.raises(ToolFailed, match="no API server of Kubernetes"):
        kubectl.listed({}, AT, "pods")


def test_objects_are_put_together_by_the_namespace_that_each_names() -> None:
    here = {"kind": "Service", "metadata": {"name": "web", "namespace": AT.namespace}}
    unsaid = {"kind": "Service", "metadata": {"name": "api"}}
    there = {"kind": "Role", "metadata": {"name": "reads", "namespace": "others"}}
    found = kubectl.by_namespace(AT, [here, there, unsaid])
    assert [(place.namespace, some) for place, some in found] == [
        (AT.namespace, [here, unsaid]),
        ("others", [there]),
    ]
    assert {place.name for place, _ in found} == {AT.name}
