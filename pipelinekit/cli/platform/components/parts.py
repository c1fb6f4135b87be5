"""The platform's components and the world that they are rolled out into, from the verbs' options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import platforms
from pipelinekit.cli.output import report
from pipelinekit.cli.platform.components.world import helm_here, site_of
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import chart_repository, charts_at
from pipelinekit.errors import DocumentInvalid, Fault, refused
from pipelinekit.model.platform.document import ComponentEntry, Environment, Platform
from pipelinekit.reading import needs
from pipelinekit.reading.document.source import Source
from pipelinekit.reading.platform.document import read_platform_with_places
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.adapters.cluster.charts.components import ComponentHelm
    from pipelinekit.adapters.cluster.ground.volumes import Volumes
    from pipelinekit.adapters.cluster.handovers import HandoverJobs
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.model.rollout.component import Archive, Component
    from pipelinekit.plan.rollout.order import Order
    from pipelinekit.steps.rollout.deploy import Site
    from pipelinekit.steps.rollout.part import Part, Shelf

WORK = "components"
"""The working folder, below the platform's, in which archives and receipts are kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """Every component that there is, and the folders that they are in."""

    described: Mapping[str, needs.Described]
    folders: Mapping[str, ComponentFolder]
    faults: tuple[Fault, ...]


def components(platform: Platform, source: Source, folder: Path | None) -> Found:
    """The components that a platform could have on; with what is wrong with those that it has on.

    `folder` is the one that platform.yaml is in, or None for one that is not on this disk.
    """
    from pipelinekit.adapters.folder import components as component_folders
    from pipelinekit.adapters.folder import libraries as library_folders
    from pipelinekit.adapters.folder.locks import lock_path
    from pipelinekit.cli.platform.components import charts, given, knots, named, wanted

    folders = component_folders.find(folder)
    on = {each.name for each in needs.enabled(platform)}
    described: dict[str, needs.Described] = {}
    faults: list[Fault] = []
    for name, each in folders.items():
        try:
            described[name] = needs.describe(each.content, each.origin, name)
        except DocumentInvalid as error:
            faults += error.faults if name in on else ()
    faults += needs.check_components(platform, source, described, tuple(folders))
    faults += named.faults(platform, source, described, folders, folder)
    known = library_folders.find(folder)
    if folder is not None:
        inside = [folder / each.values for each in needs.enabled(platform) if each.values]
        for name in sorted(on & described.keys()):
            inside += component_folders.made_of(described[name].component, folders[name].path)
            inside += [each for each in (lock_path(folder, name),) if each.is_file()]
        component_folders.require_inside(folder, inside)
        misread = tuple(given.faults(platform, described, folders, folder))
        faults += misread or wanted.faults(platform, source, described, folders, folder)
        if not misread and not any(each.code == "need-circle" for each in faults):
            faults += knots.faults(platform, described, folders, folder)
    for name in sorted(on & described.keys()):
        try:
            faults += charts.one_archive(described[name], folders[name])
            faults += charts.without_library(described[name], folders[name], known, folder)
        except DocumentInvalid as error:
            faults += error.faults
    return Found(described, folders, tuple(faults))


class Rollout:
    """One platform document on this disk, and one of its environments."""

    def __init__(self, source: str, environment: str = "") -> None:
        if source.startswith("git+"):
            hint = "clone it, and name its folder: --platform DIR"
            raise refused(
                "platform-elsewhere", "components are files: this needs the platform's folder", hint=hint
            )
        path = Path(source or ".")
        self.path = path / platforms.FILE if path.is_dir() else path
        self.folder = self.path.resolve().parent
        self._environment = environment

    @cached_property
    def _text(self) -> platforms.PlatformText:
        return platforms.read_platform_text(str(self.path))

    @cached_property
    def _read(self) -> tuple[Platform, Found]:
        text = self._text
        platform, source = read_platform_with_places(text.content, text.origin)
        found = components(platform, source, self.folder)
        if found.faults:
            raise DocumentInvalid(*found.faults)
        return platform, found

    @property
    def platform(self) -> Platform:
        """The platform; raises `DocumentInvalid` with every fault of it and of its components."""
        return self._read[0]

    @property
    def commit(self) -> str:
        """Which commit, or content, the platform's document is."""
        return self._text.commit

    @cached_property
    def on(self) -> tuple[Component, ...]:
        """The components that a rollout is about."""
        return tuple(
            needs.as_entered(component, entry)
            for entry, component in self._on
            if needs.rolled_out(entry, component)
        )

    @property
    def looked_for(self) -> tuple[Component, ...]:
        """The prerequisites that are on, and not to be installed."""
        return tuple(component for entry, component in self._on if not needs.rolled_out(entry, component))

    @property
    def held_back(self) -> tuple[str, ...]:
        """Why some components that the platform names are left alone."""
        return needs.held_back(self.platform, self._read[1].described)

    @property
    def _on(self) -> list[tuple[ComponentEntry, Component]]:
        described = self._read[1].described
        return [(each, described[each.name].component) for each in needs.enabled(self.platform)]

    @cached_property
    def off(self) -> Mapping[str, Component]:
        """The components whose folder is known, and which the platform does not have on."""
        on = {each.name for each in needs.enabled(self.platform)}
        there = self._read[1].described
        return {name: each.component for name, each in there.items() if name not in on}

    @cached_property
    def order(self) -> Order:
        """Their order."""
        from pipelinekit.plan.rollout.order import order_of

        return order_of(self.on)

    @cached_property
    def environment(self) -> Environment:
        """The environment whose cluster it is, gate or not; `require_open` is for what changes something."""
        from pipelinekit.plan.release import environment_named

        return environment_named(self.platform, self._environment)

    def require_open(self) -> None:
        """Raise `Refused` where the environment has a gate."""
        from pipelinekit.plan.rollout.gated import require_open

        require_open(self.platform, self.environment)

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """Each component with its files and what the platform says of it."""
        return {each.name: self.part_of(each) for each in self.on}

    def part_of(self, component: Component) -> Part:
        """A component with its files; one that is off has what the platform still says of it."""
        from pipelinekit.adapters.folder.locks import read_lock
        from pipelinekit.adapters.folder.receipts import ReceiptFolder
        from pipelinekit.adapters.folder.workspace import Workspace
        from pipelinekit.steps.rollout.part import Part

        there = self._read[1].folders[component.name]
        entry = next((each for each in self.platform.components if each.name == component.name), None)
        values = self.folder / entry.values if entry and entry.values else None
        if values and component.name in self.off and not values.is_file():
            values = None
        work = files.working_folder(self.folder, f"{WORK}/{component.name}")
        return Part(
            component=component,
            document=there.content,
            folder=there.path,
            root=self.folder if there.path.is_relative_to(self.folder) else there.path.parent,
            own=files.read_text(there.path / component.values) if component.values else "",
            values=files.read_text(values) if values else "",
            origins=(str(there.path / component.values), str(values or self.folder)),
            workspace=Workspace(work),
            receipts=ReceiptFolder(work),
            policies=ReceiptFolder(work / "policies"),
            others=self.on,
            lock=read_lock(self.folder, component.name) if component.archive else None,
        )

    # --- the world --------------------------------------------------------------------------------

    @cached_property
    def shelf(self) -> Shelf:
        """What makes archives, and where they go."""
        from pipelinekit.adapters.folder import libraries
        from pipelinekit.adapters.folder.digest import digest
        from pipelinekit.steps.rollout.part import Shelf

        return Shelf(
            platform=self.platform,
            environment=self.environment,
            charts=self.helm,
            registry=chart_repository(self.platform),
            fetch=self._fetch,
            digest=digest,
            libraries=libraries.find(self.folder).of,
        )

    @cached_property
    def helm(self) -> ComponentHelm:
        """Helm, which leaves definitions out."""
        return helm_here()

    @cached_property
    def site(self) -> Site:
        """The cluster."""
        return site_of(self.platform, self.helm)

    @property
    def folders(self) -> Mapping[str, ComponentFolder]:
        """The folders of the components that are on."""
        return {each.name: self._read[1].folders[each.name] for each in self.on}

    @cached_property
    def handovers(self) -> HandoverJobs:
        """The Jobs of the same cluster that upgrade controllers."""
        from pipelinekit.adapters.cluster.handovers import HandoverJobs

        return HandoverJobs(kubeconfig(dict(os.environ)))

    @cached_property
    def volumes(self) -> Volumes:
        """The volumes of the same cluster."""
        from pipelinekit.adapters.cluster.ground.volumes import Volumes

        return Volumes(kubeconfig(dict(os.environ)))

    def _fetch(self, archive: Archive, to: Path) -> None:
        """An upstream archive from where it is published."""
        from pipelinekit.model.release import ImageRef

        address = archive.repository.rstrip("/")
        if address.startswith("oci://"):
            host, _, path = address.removeprefix("oci://").partition("/")
            ref = ImageRef(host, "/".join(part for part in (path, archive.name) if part), archive.version)
        else:
            ref = ImageRef(address, archive.name, archive.version)
        report.say(f"fetching {archive.name} {archive.version} from {archive.repository}")
        charts_at(self.platform, archive.repository).fetch_chart(ref, to)
