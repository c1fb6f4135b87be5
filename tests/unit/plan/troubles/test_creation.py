from __future__ import annotations

import pytest

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.troubles.creation import creation_troubles
from tests.podstates import LATER, MADE, event, maker

POLICY = 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'
QUOTA = "exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2"


def judged(kind: str, message: str, status: dict[str, object] | None = None) -> list[Trouble]:
    said = event("FailedCreate", message, kind=kind, name="orders-x", uid="u2")
    return list(creation_troubles(maker(kind, status or {}), [said], 0))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ReplicaSet", f'Error creating: pods "orders-x-1" is forbidden: {POLICY}'),
        ("Job", f'Error creating: pods "orders-x-1" is forbidden: {POLICY}'),
        ("DaemonSet", f'Error creating: pods "orders-x-1" is forbidden: {POLICY}'),
        (
            "StatefulSet",
            f'create Pod x-0 in StatefulSet orders-x failed error: pods "x-0" is forbidden: {POLICY}',
        ),
    ],
)
def test_what_the_namespace_does_not_admit_is_final(kind: str, words: str) -> None:
    (found,) = judged(kind, words)
    assert (found.final, str(found)) == (True, f"{kind.lower()} orders-x: makes no pod: {POLICY}")


@pytest.mark.parametrize(
    ("words", "awaited"),
    [
        (f'pods "x" is forbidden: {QUOTA}', "room in the quota"),
        ('failed calling webhook "x": connection refused', "leave to make pods"),
        ('error looking up service account ns/x: serviceaccount "x" not found', "leave to make pods"),
    ],
)
def test_what_may_pass_is_awaited(words: str, awaited: str) -> None:
    (found,) = judged("ReplicaSet", words)
    assert (found.final, found.awaited) == (False, awaited)


def test_a_webhook_that_said_no_is_final() -> None:
    assert judged("ReplicaSet", 'admission webhook "x" denied the request: no')[0].final


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("ReplicaSet", {"replicas": 1}),
        ("StatefulSet", {"replicas": 1}),
        ("Job", {"active": 1}),
        ("DaemonSet", {"currentNumberScheduled": 1, "desiredNumberScheduled": 1}),
    ],
)
def test_an_old_event_about_one_that_has_its_pods_is_history(kind: str, status: dict[str, object]) -> None:
    assert judged(kind, f'pods "x" is forbidden: {QUOTA}', status) == []


def test_a_condition_counts_where_events_may_not_be_read() -> None:
    condition = {
        "type": "ReplicaFailure",
        "status": "True",
        "message": f'pods "x" is forbidden: {POLICY}',
        "lastTransitionTime": MADE,
    }
    (found,) = creation_troubles(maker("ReplicaSet", {"conditions": [condition]}), [], 0)
    assert found.final
    assert not list(creation_troubles(maker("ReplicaSet", {"conditions": [condition]}), [], 2e9))


@pytest.mark.parametrize(
    ("reason", "told"), [("ProgressDeadlineExceeded", 1), ("FailedCreate", 0), ("ReplicaSetCreateError", 0)]
)
def test_a_deployment_that_has_given_up_is_told_unless_its_replica_sets_say_why(
    reason: str, told: int
) -> None:
    condition = {
        "type": "Progressing",
        "status": "False",
        "reason": reason,
        "message": "m",
        "lastUpdateTime": LATER,
    }
    found = list(creation_troubles(maker("Deployment", {"conditions": [condition]}), [], 0))
    assert len(found) == told
