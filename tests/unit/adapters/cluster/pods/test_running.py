from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters.cluster.pods.running import Pods
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

TARGET = examples.target()
GONE = 'Error from server (NotFound): namespaces "payments-dev" not found'
FORBIDDEN = "Error from server (Forbidden): namespaces is forbidden"


def pod(**metadata: str) -> dict[str, Any]:
    made = {"name": "a", "creationTimestamp": "2026-01-01T00:00:00Z", **metadata}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": made, "spec": {"containers": []}}


def troubles(monkeypatch: pytest.MonkeyPatch, pods: list[Any], said: str, err: str = "") -> list[str]:
    """What is asked of a cluster with these pods, and that of their namespace."""
    asked: list[str] = []

    def ask(words: list[str], *_: object, **__: object) -> Completed:
        asked.append(words[2])
        if words[2] == "namespace":
            return Completed(1 if err else 0, said, err)
        items = pods if words[2].startswith("pods") else []
        return Completed(0, json.dumps({"kind": "List", "apiVersion": "v1", "items": items}), "")

    monkeypatch.setattr("pipelinekit.adapters.cluster.kubectl.ask", ask)
    Pods({}).troubles(TARGET)
    return asked


@pytest.mark.parametrize("pods", [[], [pod(deletionTimestamp="2026-01-01T00:00:00Z")]])
@pytest.mark.parametrize(
    ("said", "err", "problem"),
    [("Terminating", "", "is being deleted"), ("", GONE, "somebody has deleted namespace")],
)
def test_a_namespace_that_goes_under_a_wait_ends_it(
    monkeypatch: pytest.MonkeyPatch, pods: list[Any], said: str, err: str, problem: str
) -> None:
    with pytest.raises(ToolFailed, match=problem) as caught:
        troubles(monkeypatch, pods, said, err)
    assert caught.value.faults[0].code == "namespace-going"
    assert "run it again" in caught.value.faults[0].hint


@pytest.mark.parametrize(("said", "err"), [("Active", ""), ("", FORBIDDEN)])
def test_one_that_stays_or_may_not_be_seen_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, said: str, err: str
) -> None:
    assert "namespace" in troubles(monkeypatch, [], said, err)


def test_it_is_not_asked_for_while_pods_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "namespace" not in troubles(monkeypatch, [pod()], "Terminating")
