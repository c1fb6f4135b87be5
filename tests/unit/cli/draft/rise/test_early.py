from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.rise import early
from pipelinekit.errors import failed
from pipelinekit.model.deployment import Look
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.steps.deploying.deployment import Found
from pipelinekit.steps.innerloop.release import Chart

TARGET = Target(
    name="orders", environment=Environment(name="dev", cluster="c", namespace="n"), namespace="n", context="c"
)
CHART = Chart(folder=Path("orders"), digest="", values={})
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\n"


def state(status: str = "deployed") -> ReleaseState:
    return ReleaseState(revision=1, status=status, values={"a": 1}, manifest=MANIFEST)


def at(look: object) -> Draft:
    return cast("Draft", SimpleNamespace(objects=SimpleNamespace(look=look)))


def test_what_is_installed_is_looked_at_beside_what_follows() -> None:
    seen = Look(live=(), applied=())
    found = early.look(at(lambda *_: seen), TARGET, state()).result()
    assert found
    assert (found.state, found.look) == (state(), seen)


@pytest.mark.parametrize("there", [None, state("pending-upgrade"), state("failed")])
def test_nothing_is_looked_at_where_nothing_runs_or_somebody_is_at_it(there: ReleaseState | None) -> None:
    def look(*_: object) -> Look:
        raise AssertionError("asked")

    assert early.look(at(look), TARGET, there).result() is None


def test_a_cluster_that_does_not_tell_is_asked_again_in_its_turn() -> None:
    def look(*_: object) -> Look:
        raise failed("cluster-unreachable", "it does not answer")

    assert early.look(at(look), TARGET, state()).result() is None


@pytest.mark.parametrize("fresh", [True, False])
def test_what_was_seen_counts_as_long_as_what_the_waiting_helm_has_seen(*, fresh: bool) -> None:
    looked: Future[Found | None] = Future()
    looked.set_result(Found(state=state()))
    helm = SimpleNamespace(is_ready=lambda *_, **__: fresh)
    here = cast("Draft", SimpleNamespace(helm=helm))
    found = early.still_good(here, TARGET, CHART, 300, looked)
    assert found == (Found(state=state()) if fresh else None)


def test_a_helm_that_cannot_be_begun_ahead_stops_nothing() -> None:
    def ready(*_: object, **__: object) -> None:
        raise OSError("no room")

    here = cast("Draft", SimpleNamespace(helm=SimpleNamespace(ready=ready)))
    with early.helm(here, TARGET, CHART, 300):
        pass
