from __future__ import annotations

import json

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.ground.settling import settle
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

AT = examples.target()
ABSENT = Completed(1, "", f'Error from server (NotFound): namespaces "{AT.namespace}" not found')
FORBIDDEN = Completed(1, "", 'Error from server (Forbidden): namespaces is forbidden: User "u" may not')
EXISTS = Completed(1, "", f'Error from server (AlreadyExists): namespaces "{AT.namespace}" already exists')
AWAY = Completed(1, "", "Unable to connect to the server: no such host")
FINE = Completed(0, "", "")


class Cluster:
    """A kubectl that says one thing when it looks, and another when it makes; what it made is kept."""

    def __init__(self, looked: Completed, made: Completed = FINE) -> None:
        self.says = {"get": looked, "create": made}
        self.made: list[dict[str, object]] = []

    def run(self, _env: object, _target: object, verb: str, *_: str, stdin: str = "") -> Completed:
        if verb == "create" and not self.says[verb].code:
            self.made.append(json.loads(stdin))
        return self.says[verb]


def test_a_namespace_that_is_missing_is_made_with_its_pod_security_and_labels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = Cluster(ABSENT)
    monkeypatch.setattr(kubectl, "run", cluster.run)
    assert settle({}, AT, "baseline", {"team": "shop"})
    (made,) = cluster.made
    assert made["kind"] == "Namespace"
    assert made["metadata"] == {
        "name": AT.namespace,
        "labels": {"pod-security.kubernetes.io/enforce": "baseline", "team": "shop"},
    }


@pytest.mark.parametrize(
    "cluster", [Cluster(FINE), Cluster(FORBIDDEN), Cluster(ABSENT, EXISTS)], ids=["there", "hidden", "raced"]
)
def test_what_somebody_else_has_made_stays_as_it_is(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubectl, "run", cluster.run)
    assert not settle({}, AT, "restricted")
    assert cluster.made == []


@pytest.mark.parametrize(
    ("cluster", "code"),
    [(Cluster(AWAY), "cluster-unreachable"), (Cluster(ABSENT, FORBIDDEN), "cluster-denied")],
    ids=["away", "denied"],
)
def test_a_cluster_that_is_away_or_refuses_is_told(
    cluster: Cluster, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubectl, "run", cluster.run)
    with pytest.raises(ToolFailed) as caught:
        settle({}, AT, "restricted")
    assert caught.value.faults[0].code == code
