"""B11: a rollout of fifteen components that take fixed times, against the longest way through their graph."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelinekit.errors import failed
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.plan.rollout.order import critical_path, order_of
from pipelinekit.steps.rollout.runner import run as roll_out
from tests import parts
from tests.benchmarks.measure import Row
from tests.rollouts import Bench

COMPONENTS: dict[str, tuple[float, tuple[str, ...]]] = {
    "calico": (1.8, ()),
    "istio": (2.7, ("calico",)),
    "openbao": (3.6, ("istio",)),
    "postgresql": (3.0, ("openbao",)),
    "objects": (2.4, ("openbao",)),
    "cockroachdb": (3.9, ("openbao",)),
    "cassandra": (7.2, ("openbao",)),
    "couchdb": (2.7, ("openbao",)),
    "elasticsearch": (4.8, ("openbao",)),
    "keycloak": (4.2, ("postgresql",)),
    "nexus": (4.5, ("postgresql",)),
    "kibana": (2.1, ("elasticsearch",)),
    "fluent-bit": (1.5, ("elasticsearch",)),
    "jenkins": (3.3, ("nexus", "openbao")),
    "prometheus": (1.8, ("jenkins", "kibana")),
}
"""Seconds that each takes, and what it needs."""


class Slow(parts.Releases):
    """A release takes what its component takes."""

    def install(self, target: Target, *arguments: Any, **more: Any) -> ReleaseState:
        time.sleep(COMPONENTS[target.name][0])
        return super().install(target, *arguments, **more)


def run() -> list[Row]:
    """The wall of a whole rollout by the code that does it, and that of one with nothing to do."""
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root))
        bench.releases = bench.components.releases = Slow(bench.cluster)
        made = {name: bench.part(name, needs=needs) for name, (_, needs) in COMPONENTS.items()}
        order = order_of(each.component for each in made.values())
        path = critical_path(order, {name: seconds for name, (seconds, _) in COMPONENTS.items()})

        def once() -> Sequence[str]:
            outcomes = roll_out(
                order,
                lambda name: bench.deploy(made[name]),
                lambda _: None,
                lambda _, e: failed("x", str(e)),
            )
            return [each.state for each in outcomes]

        first, states = _timed(once)
        again, later = _timed(once)
    assert set(states) == {"deployed"}, states
    assert set(later) == {"unchanged"}, later
    return [
        Row("B11", "15 components, first rollout", "the critical path", "wall", first, path, 1.1),
        Row("B11", "the same again", "the critical path", "wall", again, path, 0.1),
    ]


def _timed(what: Callable[[], Sequence[str]]) -> tuple[float, Sequence[str]]:
    began = time.monotonic()
    said = what()
    return time.monotonic() - began, said
