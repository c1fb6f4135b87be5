"""Where components are: folders of the package and of the platform's own, each with a `component.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.disk.links import links
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source.clone import tracked
from pipelinekit.model.rollout.component import Component
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.component import FILE
from pipelinekit.records import dataclass

FOLDER = "platform-charts"
"""In the package, and beside platform.yaml."""
CHART = "Chart.yaml"


@dataclass(frozen=True, slots=True)
class ComponentFolder:
    """A component's folder and the text of its document."""

    name: str
    path: Path
    content: bytes

    @property
    def origin(self) -> str:
        """The document's file."""
        return str(self.path / FILE)

    def chart(self, folder: str) -> tuple[str, str] | None:
        """Name and version of the chart in a folder of it, or None where there is none.

        Raises `DocumentInvalid` for a Chart.yaml that is no mapping.
        """
        path = self.path / folder / CHART
        if not files.is_there(path):
            return None
        about = read_values(files.read_text(path), str(path))
        return str(about.get("name", "")), str(about.get("version", ""))


def roots(platform: Path | None) -> list[Path]:
    """The folders that components and library charts are looked for in, the one that goes before others last.

    `platform` is the folder that platform.yaml is in, or None for a platform without one on this disk.
    """
    found = [packaged.folder(FOLDER)]
    if platform is not None and (platform / FOLDER).is_dir():
        found.append(platform / FOLDER)
    return found


def find(platform: Path | None) -> dict[str, ComponentFolder]:
    """Every component's folder by name, for the folder that platform.yaml is in; see `roots`.

    Raises `Refused` for each document of its own that a link leads to from outside.
    """
    own = list(_inside(platform / FOLDER)) if platform is not None else []
    if platform is not None:
        require_inside(platform, (path / FILE for path in own))
    return {
        path.name: ComponentFolder(path.name, path, files.read_bytes(path / FILE, regular.DOCUMENT))
        for path in (*_inside(packaged.folder(FOLDER)), *own)
    }


def _inside(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (path for path in sorted(root.iterdir()) if (path / FILE).is_file())


def made_of(component: Component, folder: Path) -> Iterator[Path]:
    """The files that a component's document names; of a chart the one that makes it a chart.

    The others of a chart are held against the same rule when it is copied.
    """
    yield from (folder / each / CHART for each in (component.chart, component.policies) if each)
    archive = component.archive.file if component.archive else ""
    yield from (folder / each for each in (component.values, archive) if each)


def require_inside(platform: Path, paths: Iterable[Path]) -> None:
    """Raise `Refused` for each of these that is in the platform's folder and leads out of it by a link.

    Where the folder is in a repository, a link may lead to what that tracks, as an application's may.
    """
    mine = [each.relative_to(platform).as_posix() for each in paths if each.is_relative_to(platform)]
    tracked.require_tracked(platform, links(platform, mine))
