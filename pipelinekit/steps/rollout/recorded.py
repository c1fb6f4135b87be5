"""A component's release as the ledger takes it, and as it is rolled out again from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.promotion import Release
from pipelinekit.model.receipts import ChartPublished
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.model.rollout.component import Component
from pipelinekit.model.rollout.part import Recorded, RecordedChart
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.plan.chartvalues import autoscales
from pipelinekit.plan.rollout import releases
from pipelinekit.plan.rollout.recorded import read_recorded, release_of
from pipelinekit.ports import Charts, Receipts, Releases, Workspace
from pipelinekit.reading import needs
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying.deployment import RUNNING, Prepared
from pipelinekit.steps.rollout import part as parts
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, grounds_of, policies_of


def record(part: Part, shelf: Shelf, *, publish: bool) -> Release:
    """The release of a component, whole; with `publish` its charts are in the repository afterwards."""
    packaged = parts.release_of(part, shelf, publish=publish)
    policies = policies_of(part, shelf, publish=publish)
    found = Recorded(
        document=part.document.decode(),
        chart=_chart(packaged, _unmarked(packaged.prepared.values)),
        policies=_chart(policies, grounds_of(part, shelf.platform)) if policies else None,
        images=dict(part.lock.images) if part.lock else {},
    )
    plan = packaged.prepared.plan
    return release_of(
        part.name, found, (plan.chart.registry, plan.chart.repository), packaged.prepared.chart.digest
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A recorded release before an environment: its component, and where that is there."""

    release: Release
    recorded: Recorded
    component: Component
    platform: Platform
    environment: Environment

    @property
    def target(self) -> Target:
        """Where it goes."""
        return releases.target_of(self.component, self.platform, self.environment)

    @property
    def charts(self) -> tuple[RecordedChart, ...]:
        """Its charts, the policies first."""
        return (*((self.recorded.policies,) if self.recorded.policies else ()), self.recorded.chart)

    def values(self, chart: RecordedChart) -> dict[str, object]:
        """What lies over a chart's own values there, with what it is made from."""
        policies = chart is self.recorded.policies
        told = releases.cluster_grounds(self.component, self.platform, self.environment) if policies else {}
        marks = releases.marks(chart.archive, chart.version, chart.server)
        return overlay(overlay(dict(chart.values), told), json.loads(marks))

    def home(self, chart: RecordedChart) -> ImageRef:
        """Where the platform has a chart."""
        return ImageRef(*self.platform.charts.place_of(releases.TEAM, chart.name), chart.version)

    def place(self, chart: RecordedChart) -> Target:
        """Where one of its charts goes."""
        suffix = releases.POLICIES if chart is self.recorded.policies else ""
        return releases.target_of(self.component, self.platform, self.environment, suffix)

    def runs(self, installed: Releases) -> bool:
        """Whether a cluster has just this: each of its charts, with the values that it gets there."""
        return all(
            state is not None and state.status == RUNNING and state.values == self.values(each)
            for each in self.charts
            for state in (installed.state(self.place(each)),)
        )

    def packaged(self, chart: RecordedChart, archive: Path, charts: Charts, receipts: Receipts) -> Packaged:
        """A chart that lies in `archive`, as it goes there."""
        target = self.place(chart)
        plan = releases.release_plan(
            target.name,
            self.platform,
            chart.name,
            chart.version,
            document=self.recorded.document.encode(),
            content=chart.archive,
        )
        values = self.values(chart)
        own = read_values(charts.texts(archive, ["values.yaml"]).get("values.yaml", ""), "values.yaml")
        whole = overlay(own, values)
        published = ChartPublished(
            key=plan.key,
            version=chart.version,
            repository=f"{plan.chart.registry}/{plan.chart.repository}",
            digest=chart.archive,
            archive_digest=chart.archive,
            image_repository="",
            image_digest="",
        )
        prepared = Prepared(
            plan=plan,
            chart=published,
            target=target,
            archive=archive,
            layers=(json.dumps(values),),
            values=values,
            autoscales=autoscales(whole),
        )
        return Packaged(prepared=prepared, server=chart.server, values=whole, receipts=receipts)

    def part(self, root: Path, workspace: Workspace, receipts: Receipts) -> Part:
        """The component as a rollout takes it; nothing of it is in a folder."""
        lock = None
        if archive := self.component.archive:
            lock = Vendored(
                name=archive.name,
                repository=archive.repository,
                version=archive.version,
                digest=self.recorded.chart.archive,
                images=self.recorded.images,
            )
        return Part(
            component=self.component,
            document=self.recorded.document.encode(),
            folder=root,
            root=root,
            own="",
            values="",
            workspace=workspace,
            receipts=receipts,
            policies=receipts,
            lock=lock,
        )


def again(release: Release, platform: Platform, environment: Environment) -> Again:
    """A recorded release before an environment; `Refused` or `DocumentInvalid` where it is none."""
    recorded = read_recorded(release)
    described = needs.describe(
        recorded.document, f"component.yaml of {release.name} {release.version}", release.name
    )
    return Again(
        release=release,
        recorded=recorded,
        component=described.component,
        platform=platform,
        environment=environment,
    )


def _chart(packaged: Packaged, values: Mapping[str, object]) -> RecordedChart:
    chart = packaged.prepared.chart
    return RecordedChart(
        name=packaged.prepared.plan.chart.repository.rpartition("/")[2],
        version=chart.version,
        server=packaged.server,
        archive=chart.archive_digest,
        # As Helm takes them: it knows no dates.
        values=json.loads(json.dumps(values, default=str)),
    )


def _unmarked(values: Mapping[str, object]) -> dict[str, object]:
    """Values without what says which chart they were given to."""
    given = values.get("global")
    outer = dict(given) if isinstance(given, Mapping) else {}
    kept = {key: each for key, each in outer.items() if key not in releases.MARKS}
    rest = {key: each for key, each in values.items() if key != "global"}
    return {**rest, "global": kept} if kept else rest
