"""Looking before a promotion: the release's parts, the values they would run with, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from pipelinekit.errors import DocumentInvalid, PipelinekitError, failed, refused
from pipelinekit.model.app import App
from pipelinekit.model.ground.preflight import REFUSED
from pipelinekit.model.ledger import History
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Found, Live, PromotionPlan, Release, Watched
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.plan.chartvalues import chart_of, other_image
from pipelinekit.plan.gates.records import living, release_of, releases
from pipelinekit.plan.promotion import (
    chart_at,
    plan_promotion,
    receipt_of,
    release_plan,
    values_digest,
)
from pipelinekit.plan.release import target_of
from pipelinekit.ports import SILENT, Commits
from pipelinekit.reading.app import read_app
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts.chart import DIST
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.places import (
    address_of,
    at_home,
    fetch,
    images_missing,
    misplaced,
    unsigned,
)
from pipelinekit.steps.release import prepare, values_layers

WINDOW = 300
"""Seconds that are watched where nothing soaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found of one release and one environment."""

    release: Release
    app: App
    environment: Environment
    target: Target
    line: ReleasePlan
    plan: PromotionPlan
    live: Live
    found: Found
    notes: tuple[str, ...] = ()
    """What is to be known, and stops nothing."""


def look(around: Around, history: History, release: Release, environment: Environment) -> Survey:
    """All that the gates and the people need to know; changes nothing but the working folder."""
    app = app_of(release)
    missing = [*misplaced(around, release)]
    release = at_home(release, around.platform)
    target = target_of(app, around.platform, environment)
    line = release_plan(release, app, around.platform, environment)
    state = around.releases.state(target)
    there = living(history, environment.name)
    # What the ledger says counts for as long as the cluster has just that.
    known = there and state and chart_of(state.values) == there.event.digests.chart
    live = Live(
        version=there.event.version if there and known else "", revision=state.revision if state else 0
    )
    values = "unknown"
    try:
        archive = fetched(around, release, environment)
        values = values_digest(values_layers(line, release.chart_digest, target, archive, around.archives))
        missing += _other_image(around, release, app, environment, archive)
    except PipelinekitError as error:
        missing.append(error.faults[0].problem)
    missing += images_missing(around, release, environment)
    places = (str(replace(line.image, digest="")), str(line.chart))
    no_way_back = way_back(around, history, release, environment, app, live)
    before = around.platform.environment(environment.after) if environment.after else None
    watched: tuple[Watched, ...] = ()
    if before and before.watch:
        watched = around.watch(
            before.watch, target_of(app, around.platform, before), environment.soak or WINDOW
        )
    with around.commits(release) as commits:
        authors = _authors(commits, history, release, environment)
        origin = _origin(commits, release, environment)
    return Survey(
        release=release,
        app=app,
        environment=environment,
        target=target,
        line=line,
        plan=plan_promotion(release, environment, target, places, values, live),
        live=live,
        found=Found(
            missing=tuple(missing),
            unsigned=unsigned(around, release),
            no_way_back=no_way_back,
            authors=authors,
            origin=origin,
            watched=watched,
        ),
        notes=(*(f"no way back: {each}" for each in no_way_back), *_words(history, release, environment)),
    )


def _other_image(
    around: Around, release: Release, app: App, environment: Environment, archive: Path
) -> Iterator[str]:
    """What scans, signatures and approvals are of has to be what the chart runs: a pipeline says both."""
    names = ("values.yaml", f"values-{environment.name}.yaml")
    texts = around.archives.texts(archive, names)
    own, over = (read_values(texts.get(name, ""), name) for name in names)
    places = app.chart.values if app.chart else None
    found = other_image(own, overlay(own, over), release.image.digest, places)
    if found:
        yield f"the chart of {release.version} runs {found}, and not the image that the ledger has"


def app_of(release: Release) -> App:
    """The application as the release's descriptor says it; `Refused` where its digest names another."""
    try:
        app = read_app(release.descriptor.encode(), f"app.yaml of {release.name} {release.version}")
    except DocumentInvalid as error:
        fault = error.faults[0]
        raise refused(
            "descriptor-unreadable",
            f"the descriptor of {release.name} {release.version} cannot be read by this version: {fault}",
            hint="use the version of pipelinekit that published it",
        ) from error
    if (app.team, app.name) != (release.team, release.name):
        raise refused(
            "descriptor-foreign",
            f"{release.name} {release.version} has the descriptor of {app.title}",
            hint="its pipeline says so, and nobody can promote that: release it anew from its own repository",
        )
    if f"sha256:{sha256(release.descriptor.encode()).hexdigest()}" != release.descriptor_digest:
        # The digest is what people approve, and the text is what would run.
        raise refused(
            "descriptor-other",
            f"{release.name} {release.version} has a descriptor that its digest does not name",
            hint="its pipeline says both, and nobody can promote that: release it anew from its repository",
        )
    return app


def fetched(around: Around, release: Release, environment: Environment) -> Path:
    """The release's archive, here and byte for byte as it was published."""
    archive = around.workspace.working_folder(DIST) / f"{release.name}-{release.version}.tgz"
    places = (chart_at(release, around.platform, environment), release.chart)
    if troubles := fetch(around, archive, release.archive, places, "published"):
        raise failed(
            "chart-gone",
            f"the chart of {release.version} is gone: {'; '.join(troubles)}",
            hint="`pipelinekit publish` at its commit puts it back; the same content has the same digest",
        )
    return archive


def prepared(around: Around, survey: Survey) -> Prepared:
    """What is deployed: the archive, and the values as they are at this moment."""
    return prepare(
        survey.line,
        receipt_of(survey.release, survey.line),
        survey.target,
        around.workspace,
        around.archives,
        around.charts(address_of(survey.line.chart)),
        around.cluster,
        around.say,
    )


def way_back(
    around: Around, history: History, release: Release, environment: Environment, app: App, live: Live
) -> tuple[str, ...]:
    """Why what runs could not be put back after this release; empty where nothing runs, or it could."""
    if not live.revision:
        return ()
    old = release_of(history, live.version) if live.version else None
    if old is None:
        return (f"the ledger does not know what runs ({live})",)
    if old.version == release.version:
        return ()
    found = []
    if app.before:
        found.append(f"the tasks of {release.version} ({', '.join(app.before)}) are not undone")
    found += misplaced(around, old)
    old = at_home(old, around.platform)
    found += images_missing(around, old, environment)
    try:
        fetched(around, old, environment)
        found += _in_the_way(around, old, environment)
    except PipelinekitError as error:
        if error.faults[0].code in SILENT:
            # Nobody has said that there is none.
            raise
        found.append(error.faults[0].problem)
    return tuple(found)


def _authors(
    commits: Commits, history: History, release: Release, environment: Environment
) -> tuple[str, ...] | None:
    """Who wrote what would change there; asked only where an author's approval must not count.

    A release that names no commit newer than what runs is nobody's by that: of an older one those count
    whose commits it takes away, and of the same one everybody's does. So it is where several versions are of
    one commit: it may have been built again, and whoever has a pipeline's key may name one of somebody else.
    """
    if environment.approvals is None or environment.approvals.author:
        return None
    if _siblings(history, release):
        return commits.everybody()
    there = living(history, environment.name)
    old = release_of(history, there.event.version) if there else None
    if old is None:
        return commits.authors(release, "")
    found = commits.authors(release, old.commit)
    if found != () or old.version == release.version:
        return found
    return commits.authors(old, release.commit) or commits.authors(release, "")


def _origin(commits: Commits, release: Release, environment: Environment) -> str:
    """Why a release is not what its commit has, as far as ledger and repository can tell; or empty.

    Which commit it is of, a pipeline says.
    """
    if environment.approvals is None or environment.approvals.author:
        return ""
    return commits.origin(release)


def _siblings(history: History, release: Release) -> tuple[str, ...]:
    """The other versions of the commit that a release names."""
    return tuple(
        x.version for x in releases(history) if x.commit == release.commit and x.version != release.version
    )


def _words(history: History, release: Release, environment: Environment) -> Iterator[str]:
    """What rests on a word that nothing proves, where it decides whose approval counts."""
    if environment.approvals is None or environment.approvals.author:
        return
    others = _siblings(history, release)
    if others:
        yield (
            f"{release.version} names the commit of {', '.join(others[-5:])} as well: everybody who has "
            "written on its branch counts as an author"
        )
    told = next(
        (x for x in history if x.event.kind == "released" and x.event.version == release.version), None
    )
    if told:
        yield (
            f"that its image was built from {release.commit[:12]} is the word of {told.writer}: no "
            "repository proves it"
        )


def _in_the_way(around: Around, old: Release, environment: Environment) -> list[str]:
    """What a target has against a version that once ran there: APIs that went, keys that went."""
    if around.survey is None:
        return []
    app = app_of(old)
    line = release_plan(old, app, around.platform, environment)
    target = target_of(app, around.platform, environment)
    ready = prepare(
        line,
        receipt_of(old, line),
        target,
        around.workspace,
        around.archives,
        around.charts(address_of(line.chart)),
        around.cluster,
        lambda _: None,
    )
    return [
        f"{old.version}: {each.problem}"
        for each in around.survey(ready)
        if each.verdict == REFUSED and each.code != "quota"
    ]
