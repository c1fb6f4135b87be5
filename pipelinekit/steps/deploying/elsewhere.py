"""Pods of a release in other namespaces than its own: a chart may put workloads there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.plan.troubles import merged
from pipelinekit.ports import Cluster, Releases
from pipelinekit.reading.chart.manifest import read_manifest


def places(state: ReleaseState | None, home: str) -> tuple[str, ...]:
    """The other namespaces in which a release has pods."""
    needs = needs_of(read_manifest(state.manifest), home) if state else None
    return tuple(sorted({*needs.places} - {"", home})) if needs else ()


def asked(target: Target, releases: Releases) -> Callable[[], tuple[str, ...]]:
    """The same of what is being installed: its record is there while Helm waits."""
    return lambda: places(releases.state(target), target.namespace)


def troubles(
    cluster: Cluster, target: Target, others: Collection[str], since: float = 0, *, kept: bool = False
) -> tuple[Trouble, ...]:
    """Why the target's pods, there and in the others, are not ready; which, as `Cluster.troubles` says.

    Raises `ToolFailed` when the cluster does not tell that at home; elsewhere we may have no rights.
    """
    found = [*cluster.troubles(target, since=since, kept=kept)]
    for place in others:
        with suppress(ToolFailed):
            some = cluster.troubles(replace(target, namespace=place), since=since, kept=kept)
            found += [replace(each, namespace=place) for each in some]
    return merged(found) if others else tuple(found)


def at(target: Target, trouble: Trouble) -> Target:
    """The target where a trouble is."""
    return replace(target, namespace=trouble.namespace) if trouble.namespace else target
