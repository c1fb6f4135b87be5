"""Where components are: folders of the package and of the platform's own, each with a `component.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters import files, regular
from pipelinekit.adapters.folder import packaged
from pipelinekit.reading.component import FILE
from pipelinekit.reading.values import read_values

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
        if not path.is_file():
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
    """Every component's folder by name, for the folder that platform.yaml is in; see `roots`."""
    return {
        path.name: ComponentFolder(path.name, path, files.read_bytes(path / FILE, regular.DOCUMENT))
        for root in roots(platform)
        for path in sorted(root.iterdir())
        if (path / FILE).is_file()
    }
