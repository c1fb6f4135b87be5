"""Where library charts are: folders with a Chart.yaml of their own, among those of the components."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder.components import CHART, roots
from pipelinekit.errors import Fault
from pipelinekit.reading.chart.libraries import check_libraries, libraries_in
from pipelinekit.reading.chart.values import read_values
from pipelinekit.records import dataclass

LOCK = "Chart.lock"


@dataclass(frozen=True, slots=True)
class Libraries:
    """Every library chart's folder by name."""

    folders: Mapping[str, Path]

    def of(self, chart: Path) -> tuple[Path, ...]:
        """The folders of those that the chart in a folder is made with, as far as they are there.

        Raises `DocumentInvalid` for a Chart.yaml that is no mapping.
        """
        path = chart / CHART
        names = libraries_in(files.read_text(path), str(path)) if files.is_there(path) else ()
        return tuple(self.folders[name] for name in dict.fromkeys(names) if name in self.folders)

    def documents(self, chart: Path) -> tuple[Path, ...]:
        """What `faults` reads beside a Chart.yaml: its lock, if there is one, and those of libraries."""
        return tuple(
            each for each in (chart / LOCK, *(one / CHART for one in self.of(chart))) if files.is_there(each)
        )

    def faults(self, chart: Path) -> list[Fault]:
        """What the chart in a folder, or its lock, names and is not there in that version.

        Raises `DocumentInvalid` for one of these files that is no mapping.
        """
        versions = {each.name: _version(each / CHART) for each in self.of(chart)}
        return [
            fault
            for path in (chart / CHART, chart / LOCK)
            if files.is_there(path)
            for fault in check_libraries(files.read_text(path), str(path), versions, self.folders)
        ]


def find(platform: Path | None) -> Libraries:
    """Those of the package, and those of the platform's own, which go before the package's of that name.

    `platform` is the folder that platform.yaml is in, or None for a platform without one on this disk.
    """
    found = (path for root in roots(platform) for path in sorted(root.iterdir()))
    return Libraries({path.name: path for path in found if (path / CHART).is_file()})


def _version(path: Path) -> str:
    return str(read_values(files.read_text(path), str(path)).get("version", ""))
