"""One component on the line: packaged or fetched, published, prepared; its policies likewise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipelinekit.errors import Refused, failed, refused
from pipelinekit.generators.seed import pipelines
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.receipts import ChartPackaged
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Archive, Component
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.model.rollout.vendored import digest_of as locked_digest
from pipelinekit.plan.bundle.locked import digests_laid
from pipelinekit.plan.chartvalues import autoscales
from pipelinekit.plan.nexus.described import described
from pipelinekit.plan.rollout import releases
from pipelinekit.ports import ChartRepository, Charts, Receipts, Workspace
from pipelinekit.ports.releases import ChartFolder
from pipelinekit.reading.chart.values import overlay, picked, read_values
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts import chart as chart_steps
from pipelinekit.steps.artefacts.chart import DIST, digest_of
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.rollout.upstream import require_called, require_same

Fetch = Callable[[Archive, Path], None]
"""Writes an upstream archive to a path."""
Digest = Callable[[Path], str]
"""One digest over a folder, names and contents."""
Libraries = Callable[[Path], Sequence[Path]]
"""The folders of the library charts that the chart in a folder is made with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component that is on, with what the platform says of it."""

    component: Component
    document: bytes
    """The text of its component.yaml."""
    folder: Path
    root: Path
    """What its folder is in: no link may lead out of it."""
    own: str
    """Its own values for the chart."""
    values: str
    """What the platform lays over them."""
    origins: tuple[str, str] = ("", "")
    """The files that these two are from."""
    workspace: Workspace
    """Where archives and receipts of it are kept."""
    receipts: Receipts
    policies: Receipts
    """The receipts of its policies."""
    others: tuple[Component, ...] = ()
    """Every component that is on."""
    lock: Vendored | None = None
    """What is locked of its upstream chart."""

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """A chart here, as it goes into the repository."""

    prepared: Prepared
    server: str
    """The version of what it runs: the chart's appVersion."""
    values: Mapping[str, object]
    """What the chart is rendered with: its own values, and over them all that is laid there."""
    receipts: Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What makes archives of charts, and where they go."""

    platform: Platform
    environment: Environment
    charts: Charts
    registry: ChartRepository
    fetch: Fetch
    digest: Digest
    libraries: Libraries


def unpacked(part: Part, shelf: Shelf) -> Iterator[ChartFolder]:
    """The charts of ours that `policies_of` and `release_of` would package."""
    own = [(part.component.policies, _grounds(part, shelf), part.policies)]
    if part.component.archive is None:
        own.append((part.component.chart, layers_of(part, shelf.platform), part.receipts))
    for name, layers, receipts in own:
        if name:
            chart, _, archive = _to_pack(part, shelf, part.folder / name, layers, receipts)
            if archive is None:
                yield chart


def policies_of(part: Part, shelf: Shelf, *, publish: bool) -> Packaged | None:
    """The release of a component's policies, or None where it has none."""
    if not part.component.policies:
        return None
    target = releases.target_of(part.component, shelf.platform, shelf.environment, releases.POLICIES)
    folder = part.folder / part.component.policies
    return _own(part, shelf, target, folder, _grounds(part, shelf), part.policies, publish=publish)


def _grounds(part: Part, shelf: Shelf) -> tuple[str, ...]:
    """What policies are told: by the platform, and of the cluster that they are for."""
    told = {
        **grounds_of(part, shelf.platform),
        **releases.cluster_grounds(part.component, shelf.platform, shelf.environment),
    }
    return (json.dumps(told),) if told else ()


def grounds_of(part: Part, platform: Platform) -> dict[str, object]:
    """What policies are told by the platform, whatever the cluster."""
    shared = part.component.shared
    told: dict[str, object] = picked(_overlaid(layers_of(part, platform)), shared) if shared else {}
    if entry := next((each for each in platform.components if each.name == part.name), None):
        ways = releases.reaches(entry, platform)
        told |= {"reaches": ways} if ways else {}
    return told | ({"scrapes": releases.scrapes(part.others)} if part.component.flows.monitoring else {})


def release_of(part: Part, shelf: Shelf, *, publish: bool) -> Packaged:
    """The release of a component; with `publish` its chart is in the repository afterwards.

    Raises `Refused` when that version is published with another content, or an archive is not the one that
    component.yaml names.
    """
    target = releases.target_of(part.component, shelf.platform, shelf.environment)
    layers = layers_of(part, shelf.platform)
    if part.component.archive is not None:
        return _upstream(part, shelf, target, part.component.archive, layers, publish=publish)
    return _own(
        part, shelf, target, part.folder / part.component.chart, layers, part.receipts, publish=publish
    )


def layers_of(part: Part, platform: Platform) -> tuple[str, ...]:
    """The values texts of a component, the lowest first, without what is locked."""
    return tuple(_layers(part, platform))


def _layers(part: Part, platform: Platform) -> Iterator[str]:
    yield part.own
    yield part.values
    if part.component.repositories and part.component.chart and platform.nexus is not None:
        yield json.dumps({"server": described(platform, platform.nexus)})
    controller = part.component.controller
    if controller and controller.pipelines and part.component.chart and platform.jenkins is not None:
        yield json.dumps({"pipelines": pipelines(platform, platform.jenkins)})
    if part.component.flows.monitoring and part.component.chart:
        yield json.dumps({"scrapes": releases.scrapes(part.others)})


def _own(
    part: Part,
    shelf: Shelf,
    target: Target,
    folder: Path,
    layers: tuple[str, ...],
    receipts: Receipts,
    *,
    publish: bool,
) -> Packaged:
    """A chart of ours: packaged once for each content of its folder and of its libraries."""
    chart, key, archive = _to_pack(part, shelf, folder, layers, receipts)
    if archive is None:
        dist = part.workspace.working_folder(DIST)
        archive = shelf.charts.package(
            folder, {}, chart.trial, dist, target.name, root=chart.root, libraries=chart.libraries
        )
    return _packaged(part, shelf, target, archive, key, layers, receipts, publish=publish)


def _to_pack(
    part: Part, shelf: Shelf, folder: Path, layers: tuple[str, ...], receipts: Receipts
) -> tuple[ChartFolder, str, Path | None]:
    """What is packaged of a chart of ours, the key of its content, and its archive if it is there already."""
    libraries = tuple(shelf.libraries(folder))
    content = " ".join(shelf.digest(each) for each in (folder, *libraries))
    trial = json.dumps(overlay({}, _overlaid(layers)))
    key = f"{content} {_short(trial)}"
    chart = ChartFolder(folder=folder, trial=trial, root=part.root, libraries=libraries)
    done = receipts.load(ChartPackaged)
    archive = part.workspace.working_folder(DIST) / Path(done.archive).name if done else None
    if not done or not archive or done.key.commit != key or digest_of(archive) != done.archive_digest:
        return chart, key, None
    return chart, key, archive


def _upstream(
    part: Part, shelf: Shelf, target: Target, archive: Archive, layers: tuple[str, ...], *, publish: bool
) -> Packaged:
    """An archive from upstream, byte for byte."""
    wanted = locked_digest(archive, part.lock)
    if not wanted:
        problem = f"nothing says which bytes {archive.name} {archive.version} has"
        raise refused("archive-unlocked", problem, hint=f"run `pipelinekit platform vendor {part.name}`")
    here = archive_of(part, archive)
    if not archive.file and digest_of(here) != wanted:
        shelf.fetch(archive, here)
    require_same(archive, here, wanted)
    require_called(archive, here, shelf.charts)
    values = read_values(shelf.charts.texts(here, ["values.yaml"]).get("values.yaml", ""), "values.yaml")
    laid = digests_laid(overlay(values, _overlaid(layers)), part.lock.images if part.lock else {})
    layers = (*layers, json.dumps(laid)) if laid else layers
    return _packaged(part, shelf, target, here, wanted, layers, part.receipts, publish=publish)


def archive_of(part: Part, archive: Archive) -> Path:
    """Where an upstream archive is: in the component's folder, or where it is fetched to."""
    if archive.file:
        return part.folder / archive.file
    return part.workspace.working_folder(DIST) / f"{archive.name}-{archive.version}.tgz"


def _packaged(
    part: Part,
    shelf: Shelf,
    target: Target,
    archive: Path,
    content: str,
    layers: tuple[str, ...],
    receipts: Receipts,
    *,
    publish: bool,
) -> Packaged:
    texts = shelf.charts.texts(archive, ["Chart.yaml", "values.yaml"])
    if "Chart.yaml" not in texts:
        raise failed("not-a-chart", f"{archive.name} holds no Chart.yaml")
    about = read_values(texts["Chart.yaml"], "Chart.yaml")
    name, version = (str(about.get(key, "")) for key in ("name", "version"))
    own = read_values(texts.get("values.yaml", ""), "values.yaml")
    server = releases.server_of(part.component, overlay(own, _overlaid(layers)), about)
    plan = releases.release_plan(
        target.name, shelf.platform, name, version, document=part.document, content=content
    )
    receipt = ChartPackaged(
        key=plan.key,
        version=version,
        archive=str(archive),
        archive_digest=digest_of(archive),
        image_repository="",
        image_digest="",
    )
    if receipts.load(ChartPackaged) != receipt:
        receipts.save(receipt)
    digest = receipt.archive_digest
    chart = chart_steps.unpublished(receipt, plan)
    if publish:
        try:
            chart, _ = chart_steps.publish(plan, archive.parent, shelf.charts, shelf.registry, receipts)
        except Refused as error:
            if error.faults[0].code != "version-taken":
                raise
            hint = f"raise `version` in {part.name}'s Chart.yaml: a published version is never replaced"
            raise refused("version-taken", error.faults[0].problem, hint=hint) from error
    layers = (*layers, releases.marks(digest, version, server))
    values = _overlaid(layers)
    whole = overlay(own, values)
    prepared = Prepared(
        plan=plan,
        chart=chart,
        target=target,
        archive=archive,
        layers=layers,
        values=values,
        autoscales=autoscales(whole),
    )
    return Packaged(prepared=prepared, server=server, values=whole, receipts=receipts)


def _overlaid(layers: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in layers:
        found = overlay(found, read_values(text, "values"))
    return found


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:12]
