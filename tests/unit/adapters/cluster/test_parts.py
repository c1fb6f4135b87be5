from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters.cluster import kubectl, parts
from pipelinekit.adapters.cluster.parts import Parts
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import Refused, ToolFailed
from tests import examples

ABSENT = 'Error from server (NotFound): cronjobs.batch "dump" not found'


@pytest.mark.parametrize(
    ("said", "code"),
    [(ABSENT, "backup-failed"), ("Unable to connect to the server: no such host", "cluster-unreachable")],
)
def test_a_backup_that_nothing_is_there_for_has_failed_and_a_cluster_that_is_away_is_away(
    said: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(1, "", said))
    with pytest.raises(ToolFailed) as caught:
        Parts({}).back_up(examples.target(), "dump", timeout=10)
    assert caught.value.faults[0].code == code


POLICY = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "closed"}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "wide"}}
WIDGET = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"}}
HIDDEN = (
    'Error from server (Forbidden): clusterroles.rbac.authorization.k8s.io "wide" is forbidden: User "u"'
    ' cannot get resource "clusterroles"'
)
UNKNOWN = 'resource mapping not found for name: "one" from "STDIN": no matches for kind "Widget"'


@pytest.mark.parametrize(
    ("code", "live", "said", "expected"),
    [
        (0, [POLICY, ROLE, WIDGET], "", []),
        (0, [], "", ["closed", "wide", "one"]),
        (0, [POLICY], "", ["wide", "one"]),
        (1, [POLICY], HIDDEN, ["one"]),
        (1, [POLICY], f"{HIDDEN}\n{UNKNOWN}", ["one"]),
        (1, [POLICY, ROLE], UNKNOWN, ["one"]),
    ],
)
def test_what_is_gone_is_told_and_of_what_may_not_be_read_nobody_knows(
    code: int, live: list[Any], said: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps({"kind": "List", "items": live}) if live else ""
    monkeypatch.setattr(parts, "ask", lambda *_, **__: Completed(code, text, said))
    gone = Parts({}).absent(examples.target(), [POLICY, ROLE, WIDGET])
    assert [each["metadata"]["name"] for each in gone] == expected


def test_of_a_cluster_that_does_not_answer_nothing_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Unable to connect to the server: no such host"
    monkeypatch.setattr(parts, "ask", lambda *_, **__: Completed(1, "", said))
    with pytest.raises(ToolFailed):
        Parts({}).absent(examples.target(), [POLICY])
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(1, "", said))
    with pytest.raises(ToolFailed):
        Parts({}).ending(examples.target())


def test_namespaces_that_are_being_deleted_are_named_to_whom_may_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = [
        {"kind": "Namespace", "metadata": {"name": name}, "status": {"phase": phase}}
        for name, phase in (("a", "Active"), ("b", "Terminating"))
    ]
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, json.dumps({"items": items}), ""))
    assert Parts({}).ending(examples.target()) == {"b"}
    said = 'Error from server (Forbidden): namespaces is forbidden: User "u" cannot list resource'
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(1, "", said))
    assert Parts({}).ending(examples.target()) == frozenset()


def test_nothing_is_put_into_a_namespace_that_is_being_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, "Terminating", ""))
    with pytest.raises(Refused, match="is being deleted"):
        Parts({}).settle(examples.target(), privileged=False)
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: Completed(0, "Active", ""))
    assert not Parts({}).settle(examples.target(), privileged=False)
