from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters import process
from pipelinekit.adapters.cluster.ground.contexts import Contexts
from pipelinekit.errors import Refused

CLUSTER = {"name": "c", "cluster": {"server": "https://c:6443"}}
CONTEXTS = [{"name": "x", "context": {"cluster": "c"}}, {"name": "y", "context": {"cluster": "gone"}}]


def contexts(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Contexts:
    config = {"clusters": [CLUSTER], "contexts": CONTEXTS, "current-context": "y", **more}
    monkeypatch.setattr(process, "check", lambda *_, **__: json.dumps(config))
    return Contexts({})


def test_a_context_that_leads_to_a_cluster_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert contexts(monkeypatch).chosen("x").server == "https://c:6443"


@pytest.mark.parametrize(
    ("name", "more", "problem", "hint"),
    [
        ("z", {}, "there is no kube context 'z'", "the kubeconfig has: x"),
        ("", {}, "the kube context 'y' leads to no cluster", "`kubectl config view`"),
        ("y", {"contexts": CONTEXTS[1:]}, "the kube context 'y' leads to no cluster", "with a server"),
        ("", {"current-context": ""}, "no kube context is current", "--context NAME"),
        ("", {"current-context": "", "contexts": None}, "no kube context is current", "KUBECONFIG"),
    ],
)
def test_one_that_leads_nowhere_is_another_fault_than_one_that_is_not_there(
    name: str, more: dict[str, Any], problem: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused) as caught:
        contexts(monkeypatch, **more).chosen(name)
    fault = caught.value.faults[0]
    assert (fault.code, fault.problem) == ("context-missing", problem)
    assert hint in fault.hint
