from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.deploying import elsewhere
from tests.manifests import deployment
from tests.unit.steps.deploying.patience.waiting import DEV, LATE, SLOW, Waiting


def state(*namespaces: str) -> ReleaseState:
    """A release with a Deployment in each of them; empty is its own."""
    made = [deployment() for _ in namespaces]
    for each, place in zip(made, namespaces, strict=True):
        each["metadata"] |= {"namespace": place} if place else {}
    text = "".join(f"---\n{json.dumps(each)}\n" for each in made)
    return ReleaseState(revision=1, status="pending-install", values={}, manifest=text)


class Places:
    """Troubles by namespace; of one that has none we may not know."""

    def __init__(self, home: Trouble | None, **others: Trouble) -> None:
        self.of = {DEV.namespace: home, **others}
        self.read: list[tuple[str, str]] = []

    def troubles(self, target: Target, **_: Any) -> tuple[Trouble, ...]:
        if target.namespace not in self.of:
            raise failed("cluster-denied", "forbidden")
        found = self.of[target.namespace]
        return (found,) if found else ()

    def now(self, target: Target) -> float:
        del target
        return 1_700_000_000.0

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        self.read.append((target.namespace, trouble.subject))
        return ("no database",)


def test_the_other_namespaces_are_those_with_pods() -> None:
    assert elsewhere.places(state("", "other", DEV.namespace), DEV.namespace) == ("other",)
    assert elsewhere.places(None, DEV.namespace) == ()


def test_what_is_wrong_elsewhere_is_told_with_its_namespace_and_what_may_not_be_asked_is_left_out() -> None:
    cluster: Any = Places(SLOW, other=LATE)
    found = elsewhere.troubles(cluster, DEV, ("other", "forbidden"))
    assert [str(each) for each in found] == [
        "pod a (namespace other): secret x is not there",
        str(SLOW),
    ]
    cluster.of.pop(DEV.namespace)
    with pytest.raises(ToolFailed):
        elsewhere.troubles(cluster, DEV, ("other",))


def test_a_wait_that_takes_long_tells_what_is_wrong_elsewhere_and_reads_it_there() -> None:
    waiting = Waiting(elsewhere=lambda: elsewhere.places(state("", "other"), DEV.namespace))
    crashed = Trouble(subject="pod b", problem="web crashed", final=True, container="web", restarts=2)
    cluster: Any = Places(None, other=crashed)
    waiting.patience.cluster = cluster
    assert not waiting.after(3)
    assert waiting.after(6)
    assert cluster.read == [("other", "pod b")]
    (fault,) = waiting.fails()
    assert fault.problem == "dev: pod b (namespace other): web crashed"
    assert "no database" in fault.hint
    assert "--namespace other describe pod b" in fault.hint
