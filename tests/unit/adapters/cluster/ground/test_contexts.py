from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.cluster.ground.contexts import Contexts
from pipelinekit.adapters.running import process
from pipelinekit.errors import Refused, ToolFailed

CLUSTER: dict[str, Any] = {"name": "c", "cluster": {"server": "https://c:6443"}}
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


def pinned(given: Contexts, name: str) -> dict[str, Any]:
    with given.pinned(name) as env:
        found: dict[str, Any] = json.loads(Path(env["KUBECONFIG"]).read_text())
        return found


def test_what_is_named_beside_a_kubeconfig_is_found_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a/config", tmp_path / "b/config"
    for each in (first, second):
        each.parent.mkdir()
        each.touch()
    (tmp_path / "b/ca.crt").write_text("authority")
    cluster: dict[str, Any] = {
        "name": "c",
        "cluster": {**CLUSTER["cluster"], "certificate-authority": "ca.crt"},
    }
    users = [
        {"name": "u", "user": {"tokenFile": "token", "exec": {"command": "../bin/auth", "args": ["x"]}}},
        {"name": "v", "user": {"tokenFile": "/run/token", "exec": {"command": "auth"}}},
    ]
    said: dict[str, Any] = {
        str(first): {"users": users[:1]},
        str(second): {"users": [{"name": "u", "user": {"token": "t"}}, users[1]], "clusters": [cluster]},
    }
    listed = f"{first}:{second}"
    named = [{"name": each, "context": {"cluster": "c", "user": each}} for each in ("u", "v")]
    said[listed] = {"users": users, "clusters": [cluster], "contexts": named}

    def viewed(*_: object, env: Mapping[str, str], **__: object) -> str:
        return json.dumps(said[env["KUBECONFIG"]])

    monkeypatch.setattr(process, "check", viewed)
    given = Contexts({"KUBECONFIG": listed})
    assert len({each.ca for each in given.all()} - {""}) == 1
    u, v = pinned(given, "u"), pinned(given, "v")
    assert u["clusters"][0]["cluster"] == {
        "server": "https://c:6443",
        "certificate-authority-data": base64.b64encode(b"authority").decode(),
    }
    assert u["users"][0]["user"] == {
        "tokenFile": str(tmp_path / "a/token"),
        "exec": {"command": str(tmp_path / "bin/auth"), "args": ["x"]},
    }
    assert v["users"][0]["user"] == users[1]["user"]


def test_what_another_context_names_may_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"name": "gone", "cluster": {"server": "https://gone", "certificate-authority": "/no/ca.crt"}}
    given = contexts(monkeypatch, clusters=[CLUSTER, gone])
    assert [(each.name, each.ca) for each in given.all()] == [("x", ""), ("y", "")]
    assert pinned(given, "x")["clusters"] == [CLUSTER]
    with pytest.raises(ToolFailed, match=r"the kubeconfig names /no/ca\.crt, which cannot be read"):
        pinned(given, "y")
