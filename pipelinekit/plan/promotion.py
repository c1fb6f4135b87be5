"""The plan of a promotion: which release goes where, under which names there, and what its approval is of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from pipelinekit.errors import Refused, refused, usage
from pipelinekit.model.app import App
from pipelinekit.model.digest import digest_of
from pipelinekit.model.ledger import BEGUN, OF_PIPELINES, Entry, History
from pipelinekit.model.platform.document import Charts, Environment, Platform
from pipelinekit.model.promotion import Live, PromotionPlan, Release, gates_said
from pipelinekit.model.receipts import ChartPublished
from pipelinekit.model.release import ImageRef, Key, ReleasePlan, Revision, Target
from pipelinekit.names import meant, nearest
from pipelinekit.plan.gates.records import ARRIVALS, arrivals, living, release_of, releases
from pipelinekit.plan.moment import spoken

_DEEDS = frozenset({*OF_PIPELINES, *ARRIVALS, "requested"})


def image_at(release: Release, platform: Platform, environment: Environment) -> ImageRef:
    """The release's image where the environment pulls it, by version and digest."""
    registry = environment.registry or platform.images.registry
    return dataclasses.replace(release.image, registry=registry, tag=release.version)


def chart_at(release: Release, platform: Platform, environment: Environment) -> ImageRef:
    """The release's chart where the environment has its charts, by version."""
    charts = Charts(repository=environment.charts or platform.charts.repository)
    return ImageRef(*charts.place_of(release.team, release.name), tag=release.version)


def release_plan(release: Release, app: App, platform: Platform, environment: Environment) -> ReleasePlan:
    """The line's own plan for a recorded release in an environment; `app` is its descriptor, read."""
    return ReleasePlan(
        app=app,
        platform=platform,
        revision=Revision(commit=release.commit, tree="", dirty=False),
        key=Key(release.commit, release.descriptor_digest, ""),
        version=release.version,
        image=image_at(release, platform, environment),
        chart=chart_at(release, platform, environment),
        chart_folder=f"charts/{release.name}",
    )


def receipt_of(release: Release, plan: ReleasePlan) -> ChartPublished:
    """What publishing it left, made again from the ledger."""
    return ChartPublished(
        key=plan.key,
        version=release.version,
        repository=f"{plan.chart.registry}/{plan.chart.repository}",
        digest=release.chart_digest,
        archive_digest=release.archive,
        image_repository=release.image.repository,
        image_digest=release.image.digest,
    )


def plan_promotion(
    release: Release,
    environment: Environment,
    target: Target,
    places: tuple[str, str],
    values: str,
    live: Live,
) -> PromotionPlan:
    """What is approved. `places` are those of image and chart there; `values` is the digest of all values."""
    image, chart = places
    return PromotionPlan(
        team=release.team,
        name=release.name,
        version=release.version,
        environment=environment.name,
        parts={
            "commit": release.commit,
            "image": f"{image}@{release.image.digest}",
            "chart": f"{chart} ({release.chart_digest})",
            "descriptor": release.descriptor_digest,
            "values": values,
            **_before(environment, target, live),
        },
    )


def plan_component(
    release: Release,
    environment: Environment,
    target: Target,
    charts: Mapping[str, str],
    values: str,
    live: Live,
) -> PromotionPlan:
    """The same of a component; `charts` are what its charts are, each as one line."""
    return PromotionPlan(
        team=release.team,
        name=release.name,
        version=release.version,
        environment=environment.name,
        parts={
            **charts,
            "release": release.descriptor_digest,
            "values": values,
            **_before(environment, target, live),
        },
    )


def _before(environment: Environment, target: Target, live: Live) -> dict[str, str]:
    """What a plan names beside the release itself."""
    return {
        "gates": gates_said(_gates_told(environment), digest_of(_gates(environment))),
        "place": f"namespace {target.namespace} of {target.context or 'the current context'}",
        "live": str(live),
    }


def values_digest(layers: tuple[str, ...]) -> str:
    """One digest of the values texts that are laid over a chart."""
    return digest_of(list(layers))


def choose(history: History, environment: Environment, version: str) -> Release:
    """The release that is meant: the named one, else what is in the environment before, else the newest.

    Raises `UsageError` for a version that nobody knows, `Refused` where the ledger has no release.
    """
    require_version(history, version)
    if not version and environment.after:
        there = living(history, environment.after)
        version = there.event.version if there else ""
        if not version:
            raise refused(
                "release-unknown",
                f"the ledger has nothing in {environment.after}, which {environment.name} comes after",
                hint=f"name a version, or promote to {environment.after} first",
            )
    known = releases(history)
    found = release_of(history, version) if version else (known[-1] if known else None)
    if found is None:
        listed = ", ".join(each.version for each in known[-5:]) or "none"
        raise refused(
            "release-unknown",
            f"the ledger has no release {version or 'at all'}",
            hint=f"a release is recorded when it is published; the last ones are: {listed}",
        )
    return found


def require_version(history: History, version: str) -> None:
    """Raise `UsageError` for a version of which nothing has happened so far; empty is none."""
    # What people have said of a version, like a hold, makes no version of a typing error.
    known = list(
        dict.fromkeys(each.version for each in history.events if each.kind in _DEEDS and each.version)
    )
    if not version or version in known:
        return
    listed = f"its last ones are: {', '.join(known[-5:])}" if known else "it has none so far"
    raise usage(
        "version-unknown",
        f"the ledger knows no version {version}",
        hint=meant(version, known) or f"a version is recorded when it is published; {listed}",
    )


def earlier(history: History, environment: Environment) -> str:
    """The version that was in an environment before the one that is there.

    What was rolled back does not count as having been there, and neither does what was left by that.
    """
    stack: list[str] = []
    for each in arrivals(history, environment.name):
        version = each.event.version
        if each.event.kind == "rolled-back" and version in stack:
            del stack[stack.index(version) + 1 :]
        elif not stack or stack[-1] != version:
            stack.append(version)
    if len(stack) < 2:
        raise refused(
            "no-earlier",
            f"the ledger knows of nothing that was in {environment.name} before",
            hint="--to VERSION names one that was there; where none was, promote a later version"
            if environment.gated
            else "--to VERSION names a release",
        )
    return stack[-2]


def environment_of(platform: Platform, name: str) -> Environment:
    """The environment of that name; `UsageError` with the known ones."""
    found = platform.environment(name)
    if found is None:
        raise usage(
            "environment-unknown",
            f"there is no environment '{name}'" if name else "say which environment",
            hint=nearest(name, (each.name for each in platform.environments)),
        )
    return found


def underway(history: History, environment: str) -> Entry | None:
    """The promotion into an environment whose effects have begun and of which no end is recorded."""
    begun = [
        each
        for each in history
        if each.event.kind == "requested"
        and each.event.environment == environment
        and each.event.details.get("stage") == BEGUN
    ]
    # A pipeline says how its own line ended, and never that somebody's promotion has.
    ended = {
        str(each.event.details.get("begun", ""))
        for each in history
        if each.event.environment == environment and not (each.writer and each.writer.role == "pipeline")
    }
    return begun[-1] if begun and begun[-1].commit not in ended else None


def busy(entry: Entry) -> Refused:
    """The refusal while somebody else is at it."""
    event = entry.event
    return refused(
        "promotion-underway",
        f"{event.version} is on its way to {event.environment} ({entry.writer} has begun it)",
        hint="wait until it has ended; `pipelinekit status` shows what runs",
    )


def _gates_told(environment: Environment) -> Iterator[str]:
    """Each gate with all that it asks for, which is approved; no two begin with the same word."""
    if environment.after:
        yield f"after {environment.after}"
    if environment.soak:
        yield f"soak {spoken(environment.soak)}"
    asked = environment.approvals
    if asked:
        others = (("author", asked.author), ("requester", asked.requester))
        more = [f"no {name}" for name, counts in others if not counts] + ["signed"] * asked.signed
        yield ", ".join((f"approvals {asked.count} of {', '.join(asked.groups)}", *more))
    if environment.freeze:
        windows = (f"{each.start} to {each.end} {each.zone}" for each in environment.freeze)
        yield f"freeze {', '.join(windows)}"
    if environment.evidence:
        each_one = (
            f"{each.type} {each.verdict}" + (f" in {spoken(each.age)}" if each.age else "")
            for each in environment.evidence
        )
        yield f"evidence {', '.join(each_one)}"
    if environment.change:
        yield f"change {environment.change}"
    if environment.back:
        yield "back asked for"


def _gates(environment: Environment) -> object:
    fields = dataclasses.asdict(environment)
    for each in ("name", "cluster", "namespace", "automatic", "advance", "registry", "charts"):
        del fields[each]
    return fields
