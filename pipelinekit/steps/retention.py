"""Retention: see what the registries hold, and take away what nothing needs."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.errors import Fault, PipelinekitError, Refused, refused
from pipelinekit.model.ledger import PLATFORM, Event
from pipelinekit.model.platform.document import Cluster, Platform
from pipelinekit.model.stored import Running, Stored, Verdict
from pipelinekit.plan.retention import expired, judge, plan_id
from pipelinekit.ports import Clusters, Ledger, Say, Store
from pipelinekit.records import dataclass

GARBAGE = "the disk is freed by the registry's own garbage collection, not by this"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunePlan:
    """What stays and what goes. `identity` names exactly what goes."""

    verdicts: tuple[Verdict, ...]
    events: tuple[Event, ...]
    identity: str

    @property
    def goes(self) -> tuple[Stored, ...]:
        """The manifests that would be deleted."""
        return tuple(each.stored for each in self.verdicts if not each.stays)


@dataclass(slots=True, kw_only=True)
class Pruned:
    """What was deleted: how many manifests, how many that referred to them, how many tags name nothing now.

    `stayed` counts what the plan shows and something needs after all.
    """

    manifests: int = 0
    referrers: int = 0
    tags: int = 0
    stayed: int = 0


def plan(platform: Platform, store: Store, clusters: Clusters, ledger: Ledger, now: int) -> PrunePlan:
    """What may go; nothing is deleted.

    Raises `Refused` when a cluster or the ledger cannot be asked: then nothing may go at all.
    """
    running = _running(platform, clusters)
    # When in doubt, it stays: what does not count may still name what has to stay, but takes nothing away.
    events = [
        entry.event
        for branch in ledger.branches()
        if branch != PLATFORM
        for entry in ledger.history(branch).entries
        if entry.counts or entry.event.kind != "expired"
    ]
    gated = [each.name for each in platform.environments if each.gated]
    verdicts = judge(store.all(), running, events, gated, platform.retention, now)
    return PrunePlan(verdicts=verdicts, events=expired(verdicts, events, now), identity=plan_id(verdicts))


def apply(
    platform: Platform,
    planned: PrunePlan,
    store: Store,
    clusters: Clusters,
    ledger: Ledger,
    say: Say,
) -> Pruned:
    """Delete what the plan shows; what went.

    Clusters are asked once more before anything is touched, and each manifest's tags before it is: what
    began to run, or was named anew, after the plan was made stays. The ledger knows before the registry does.
    """
    running = _running(platform, clusters)
    _tell(ledger, planned.events)
    done = Pruned()
    for each in planned.goes:
        now_tagged = store.tags_of(each)
        fresh = sorted(set(now_tagged) - set(each.tags))
        where = _where(each, running, now_tagged)
        if where or fresh:
            say(f"{_name(each)} stays after all: " + (f"runs in {where}" if where else f"is {fresh[0]} now"))
            done.stayed += 1
            continue
        along = store.delete(each)
        if along is None:
            continue
        done.manifests += 1
        done.referrers += len(along)
        done.tags += len(now_tagged)
        say(f"{_name(each)} is deleted")
    return done


def _tell(ledger: Ledger, events: Sequence[Event]) -> None:
    """Write that releases have expired, each application's together, unless it is there already."""
    for branch in sorted({each.branch for each in events}):
        known = ledger.history(branch)
        told = {(each.kind, each.version) for each in known.events}
        fresh = [each for each in events if each.branch == branch and (each.kind, each.version) not in told]
        if fresh:
            ledger.append(branch, fresh, after=known.head)


def _running(platform: Platform, clusters: Clusters) -> tuple[Running, ...]:
    """What every cluster runs; all must answer."""
    found: list[Running] = []
    faults: list[Fault] = []
    for cluster in _distinct(platform.clusters):
        try:
            found.append(clusters.running(cluster))
        except PipelinekitError as error:
            faults.append(
                Fault(
                    "cluster-silent",
                    f"cluster {cluster.name} cannot be asked what it runs: {error.faults[0].problem}",
                    hint="nothing is deleted while one of them is silent",
                )
            )
    if faults:
        raise Refused(*faults)
    if not found:
        raise refused("clusters-none", "no cluster is known that could say what runs")
    return tuple(found)


def _distinct(clusters: Sequence[Cluster]) -> list[Cluster]:
    return list({each.context: each for each in clusters}.values())


def _where(each: Stored, running: Sequence[Running], tags: Sequence[str]) -> str:
    for cluster in running:
        if each.digest in cluster.digests:
            return cluster.digests[each.digest]
        for tag in tags:
            if f"{each.repository}:{tag}" in cluster.tagged:
                return cluster.tagged[f"{each.repository}:{tag}"]
    return ""


def _name(each: Stored) -> str:
    tag = next((tag for tag in each.tags if tag), "")
    return f"{each.repository}{f':{tag}' if tag else ''} ({each.digest[:19]})"
