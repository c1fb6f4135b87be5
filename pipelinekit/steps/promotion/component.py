"""A component of the platform on its way to an environment: looked at, brought there by its own rollout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelinekit.errors import PipelinekitError, failed, refused
from pipelinekit.model.ledger import History
from pipelinekit.model.platform.document import Charts as ChartPlace
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Found, Live, Release, Watched
from pipelinekit.model.release import ImageRef, ReleasePlan
from pipelinekit.model.rollout.component import Component
from pipelinekit.model.rollout.part import DEPLOYED, RecordedChart
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.gates.records import living, release_of
from pipelinekit.plan.promotion import plan_component, values_digest
from pipelinekit.plan.rollout import releases
from pipelinekit.ports import SILENT
from pipelinekit.steps.artefacts.chart import DIST, copy
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.places import address_of, fetch
from pipelinekit.steps.promotion.looks.survey import WINDOW, Survey
from pipelinekit.steps.rollout.deploy import bring as roll_out
from pipelinekit.steps.rollout.recorded import Again, again

CHART, POLICIES = "chart", "policies"


def look(around: Around, history: History, release: Release, environment: Environment) -> Survey:
    """All that the gates and the people need to know; changes nothing but the working folder."""
    found = again(release, around.platform, environment)
    require_ours(found.component)
    target = found.target
    state = around.releases.state(target)
    there = living(history, environment.name)
    old = release_of(history, there.event.version) if there else None
    # What the ledger says counts for as long as the cluster has just that.
    known = old and state and chart_of(state.values) == old.mark
    live = Live(version=old.version if old and known else "", revision=state.revision if state else 0)
    missing = []
    for each in found.charts:
        try:
            fetched(around, found, each)
        except PipelinekitError as error:
            missing.append(error.faults[0].problem)
    no_way_back = way_back(around, found, old if known else None, live)
    line = _plan(found)
    return Survey(
        release=release,
        app=line.app,
        environment=environment,
        target=target,
        line=line,
        plan=plan_component(
            release,
            environment,
            target,
            {_part(found, each): f"{home(found, each)} ({each.archive})" for each in found.charts},
            values_digest(tuple(releases.text(found.values(each)) for each in found.charts)),
            live,
        ),
        live=live,
        found=Found(missing=tuple(missing), no_way_back=no_way_back, watched=_watched(around, found)),
        notes=tuple(f"no way back: {each}" for each in no_way_back),
    )


def runs(around: Around, survey: Survey) -> bool:
    """Whether all of it is there as it would be brought; its chart alone tells nothing of its values."""
    return again(survey.release, around.platform, survey.environment).runs(around.releases)


def shows(around: Around, survey: Survey, values: Mapping[str, object]) -> bool:
    """Whether installed values are those that its chart gets there, which their marks name as well."""
    found = again(survey.release, around.platform, survey.environment)
    return values == found.values(found.recorded.chart)


def require_ours(component: Component) -> None:
    """Raise `Refused` for a controller: a Job upgrades it, which no promotion starts."""
    if component.controller is not None:
        raise refused(
            "component-controller",
            f"{component.name} is a controller that rolls components out, and these are not promoted",
            hint="`pipelinekit platform deploy` upgrades it with a Job, through an environment of its "
            "cluster without a gate",
        )


def place(around: Around, survey: Survey) -> None:
    """Copy its charts to where the environment has its own; nothing is ever replaced."""
    found = again(survey.release, around.platform, survey.environment)
    for each in found.charts:
        to, at_home = home(found, each), found.home(each)
        if to == at_home:
            continue
        archive = fetched(around, found, each)
        sources = (around.charts(address_of(at_home)), around.charts(address_of(to)))
        meanwhile = archive.with_name(f"{archive.name}.copy")
        around.say(copy(at_home, sources[0], to, sources[1], meanwhile, around.archives).sentence)


def bring(around: Around, survey: Survey) -> tuple[int, Did]:
    """Roll it out by the code that rolls out components, and wait for its gates: Helm's revision then."""
    found = again(survey.release, around.platform, survey.environment)
    if around.site is None:
        raise ValueError("components are promoted with a site")
    packaged = {
        _part(found, each): found.packaged(
            each, fetched(around, found, each), around.archives, around.receipts
        )
        for each in found.charts
    }
    part = found.part(around.workspace.working_folder(DIST), around.workspace, around.receipts)
    release = survey.release
    outcome = roll_out(
        part,
        packaged[CHART],
        packaged.get(POLICIES),
        around.site,
        timeout=around.timeout,
        say=lambda text: around.say(f"{release.name}: {text}"),
    )
    state = around.releases.state(survey.target)
    acted = outcome.state == DEPLOYED
    where = f"{survey.environment.name} (namespace {survey.target.namespace})"
    sentence = f"{release.name} {release.version} {'runs' if acted else 'runs already'} in {where}"
    return (state.revision if state else 0), Did(sentence, acted=acted)


def _part(found: Again, chart: RecordedChart) -> str:
    return POLICIES if chart is found.recorded.policies else CHART


def _plan(found: Again) -> ReleasePlan:
    chart = found.recorded.chart
    return releases.release_plan(
        found.release.name,
        found.platform,
        chart.name,
        chart.version,
        document=found.recorded.document.encode(),
        content=chart.archive,
    )


def home(found: Again, chart: RecordedChart) -> ImageRef:
    """Where the environment has a chart."""
    own = found.environment.charts
    if not own:
        return found.home(chart)
    return ImageRef(*ChartPlace(repository=own).place_of(releases.TEAM, chart.name), chart.version)


def fetched(around: Around, found: Again, chart: RecordedChart) -> Path:
    """A chart's archive, here and byte for byte as it was rolled out first; `ToolFailed` where it is gone."""
    folder = around.workspace.working_folder(DIST)
    archive = folder / f"{found.release.name}-{_part(found, chart)}-{chart.archive[7:19]}.tgz"
    places = (home(found, chart), found.home(chart))
    if troubles := fetch(around, archive, chart.archive, places, "rolled out"):
        hint = f"`pipelinekit platform deploy --only {found.release.name}` where it was rolled out mends that"
        raise failed(
            "chart-gone",
            f"the chart {chart.name} {chart.version} is gone: {'; '.join(troubles)}",
            hint=hint,
        )
    return archive


def way_back(around: Around, found: Again, old: Release | None, live: Live) -> tuple[str, ...]:
    """Why what runs could not be put back after this release; empty where nothing runs, or it could."""
    if not live.revision:
        return ()
    if old is None:
        return (f"the ledger does not know what runs ({live})",)
    return () if old.version == found.release.version else tuple(_in_the_way(around, found, old))


def _in_the_way(around: Around, found: Again, old: Release) -> Iterator[str]:
    try:
        before = again(old, found.platform, found.environment)
        for each in before.charts:
            fetched(around, before, each)
    except PipelinekitError as error:
        if error.faults[0].code in SILENT:
            # Nobody has said that there is none.
            raise
        yield error.faults[0].problem
        return
    fault = releases.path_fault(before.component, found.recorded.chart.server, before.recorded.chart.server)
    if fault:
        yield fault


def _watched(around: Around, found: Again) -> tuple[Watched, ...]:
    environment = found.environment
    before = around.platform.environment(environment.after) if environment.after else None
    if not before or not before.watch:
        return ()
    target = releases.target_of(found.component, found.platform, before)
    return around.watch(before.watch, target, environment.soak or WINDOW)
