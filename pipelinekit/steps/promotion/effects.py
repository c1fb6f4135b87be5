"""The effects of a promotion or of a way back: copies, a deployment, its proof; each ends in the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelinekit.errors import CheckFailed, PipelinekitError, Refused, ToolFailed
from pipelinekit.model.ledger import Anchor, Event, Kind, branch_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Release
from pipelinekit.plan.gates.nextstep import command
from pipelinekit.plan.promotion import chart_at, image_at
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.records import dataclass
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.artefacts.chart import copy as copy_chart
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.promotion.books import event_of, note, told
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.places import address_of
from pipelinekit.steps.promotion.looks.survey import Survey, fetched, prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What has begun: `begun` is the ledger's commit that says so."""

    begun: str
    kind: Kind
    """What the ledger calls it when it is done."""
    more: tuple[Any, ...] = ()
    """Events that follow at the same moment."""
    layer: str = ""
    """A values text on top of all others."""


def carry_out(around: Around, survey: Survey, deed: Deed) -> tuple[Did, ...]:
    """Bring the artefacts there, deploy, prove it, and record each end; raises as the deployment does."""
    try:
        revision, did = _brought(around, survey, deed)
    except PipelinekitError as error:
        # A refusal by the cluster has changed nothing, and is the end of this promotion all the same.
        kind: Kind = "refused" if isinstance(error, Refused) else "failed"
        end = {"begun": deed.begun, "hint": (error.faults[0].hint or "")[:1000]}
        where = survey.environment.name
        _record(around, event_of(around, survey.release, kind, where, reason=told(error), details=end))
        _voided(around, survey)
        raise
    _arrived(around, survey, deed, revision)
    return did, prove(around, survey)


def _brought(around: Around, survey: Survey, deed: Deed) -> tuple[int, Did]:
    """Bring the artefacts there, and deploy them: Helm's revision then."""
    if survey.release.is_component:
        from pipelinekit.steps.promotion import component

        component.place(around, survey)
        return component.bring(around, survey)
    place(around, survey.release, survey.environment)
    return _deploy(around, survey, deed)


def place(around: Around, release: Release, environment: Environment) -> None:
    """Copy image and chart to where the environment has its own; nothing is ever replaced."""
    image = image_at(release, around.platform, environment)
    if image.registry != release.image.registry:
        around.copy(release.image, replace(image, digest=""))
        around.say(f"{image} is there")
    chart = chart_at(release, around.platform, environment)
    if (chart.registry, chart.repository) == (release.chart.registry, release.chart.repository):
        return
    if "://" not in chart.registry and "://" not in release.chart.registry:
        # Byte for byte, with the signatures that refer to it.
        around.copy(replace(release.chart, tag="", digest=release.chart_digest), chart)
    else:
        archive = fetched(around, release, environment)
        around.say(
            copy_chart(
                release.chart,
                around.charts(address_of(release.chart)),
                chart,
                around.charts(address_of(chart)),
                archive.with_name(f"{archive.name}.copy"),
                around.archives,
            ).sentence
        )
    around.say(f"{chart} is there")


def prove(around: Around, survey: Survey) -> Did:
    """Run the chart's tests against what is there, and record how they ended."""
    where, release = survey.environment.name, survey.release
    try:
        around.releases.test(survey.target, around.say)
    except CheckFailed as error:
        end = {"stage": "verify"}
        _record(around, event_of(around, release, "failed", where, reason=told(error), details=end))
        around.say(f"what was there before comes back with: `{command(release, 'rollback', where)}`")
        raise
    except ToolFailed:
        around.say(f"{release.name} {release.version} is in {where}, not proven yet: the same again does it")
        raise
    note(around.ledger, event_of(around, release, "verified", where))
    return Did(f"{release.name} {release.version} is verified in {where}", acted=True)


def _record(around: Around, end: Event) -> None:
    """Record how it ended; a ledger that takes nothing does not hide why."""
    try:
        note(around.ledger, end)
    except PipelinekitError as error:
        around.say(f"not in the ledger: {end.kind} {end.version}: {told(error)}")


def _voided(around: Around, survey: Survey) -> None:
    """Approvals are of what was there: a try that has changed it takes them away, and nobody else says so."""
    if survey.environment.approvals is None:
        return
    where, release = survey.environment.name, survey.release
    changed = f"this try has changed what {where} has, so"
    try:
        state = around.releases.state(survey.target)
    except PipelinekitError:
        changed = f"whether this try has changed what {where} has cannot be asked now; if it has,"
    else:
        if (state.revision if state else 0) == survey.live.revision:
            return
    around.say(
        f"{changed} the approvals of this plan count no more: approve it again before the next one "
        f"(`{command(release, 'approve', where)}`)"
    )


def _deploy(around: Around, survey: Survey, deed: Deed) -> tuple[int, Did]:
    ready = prepared(around, survey)
    if deed.layer:
        ready = _over(ready, deed.layer)
    receipt, did = release_steps.deploy(
        ready,
        releases=around.releases,
        cluster=around.cluster,
        objects=around.objects,
        receipts=around.receipts,
        timeout=around.timeout,
        say=around.say,
        survey=around.survey,
    )
    return receipt.revision, did


def _arrived(around: Around, survey: Survey, deed: Deed, revision: int) -> None:
    """Record that it runs there; where that fails it has no other end, and whoever comes next goes on."""
    details = {"begun": deed.begun, "revision": revision, "from": str(survey.live)}
    done = event_of(
        around,
        survey.release,
        deed.kind,
        survey.environment.name,
        plan=survey.plan.digest,
        details=details,
    )
    more = (replace(each, at=done.at) for each in deed.more)
    try:
        head = note(around.ledger, done, *more).head
    except PipelinekitError:
        what = f"{survey.release.name} {survey.release.version} runs in {survey.environment.name}"
        around.say(f"{what}, and the ledger does not have it: the same again does that")
        raise
    _anchored(around, survey, head)


def _anchored(around: Around, survey: Survey, head: str) -> None:
    """What runs remembers where the ledger was; a promotion that is done is not undone for that."""
    if around.anchor is None:
        return
    try:
        branch = branch_of(survey.release.team, survey.release.name)
        around.anchor(survey.target, Anchor(ledger=around.platform.name, branch=branch, commit=head))
    except PipelinekitError as error:
        around.say(f"{survey.environment.name} does not remember the ledger's head: {told(error)}")


def _over(ready: Prepared, layer: str) -> Prepared:
    values = overlay(dict(ready.values), read_values(layer, "values"))
    return replace(ready, layers=(*ready.layers, layer), values=values)
