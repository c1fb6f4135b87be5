"""Helm's work on a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelinekit.model.release import Target
from pipelinekit.ports.releases import ChartFolder
from pipelinekit.reading.chart.values import overlay, read_values
from tests.doubles.registry import digest


class Charts:
    """Archives charts as JSON of their texts; charts whose values are no YAML do not pass the linter."""

    def __init__(self) -> None:
        self.prepared: list[list[Path]] = []
        """The folders of the charts that were prepared together, time by time."""

    def lint(self, folder: Path, replaced: Mapping[str, str], trial: str, name: str, *, root: Path) -> None:
        for text in (*replaced.values(), trial):
            read_values(text, name)

    def prepare(self, charts: Sequence[ChartFolder]) -> None:
        self.prepared.append([each.folder for each in charts])

    def package(
        self,
        folder: Path,
        replaced: Mapping[str, str],
        trial: str,
        to: Path,
        name: str,
        *,
        root: Path,
        libraries: Sequence[Path] = (),
    ) -> Path:
        texts = {**_texts(folder), **replaced}
        for one in libraries:
            texts |= {f"charts/{one.name}/{path}": text for path, text in _texts(one).items()}
        for each in ("Chart.yaml", "values.yaml"):
            read_values(texts[each], each)
        read_values(trial, "trial")
        version = read_values(texts["Chart.yaml"], "Chart.yaml")["version"]
        archive = to / f"{name}-{version}.tgz"
        archive.write_text(json.dumps(texts, sort_keys=True))
        return archive

    def texts(self, archive: Path, names: Iterable[str]) -> dict[str, str]:
        packed: dict[str, str] = json.loads(archive.read_text())
        return {name: packed[name] for name in names if name in packed}

    def digests(self, archive: Path) -> dict[str, str]:
        packed: dict[str, str] = json.loads(archive.read_text())
        return {name: digest(text) for name, text in packed.items()}

    def render(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """Each of the chart's templates as it is, and one object of all values."""
        packed: dict[str, str] = json.loads(archive.read_text())
        texts = [text for name, text in sorted(packed.items()) if name.startswith("templates/")]
        data: dict[str, Any] = {}
        for text in (packed["values.yaml"], *values):
            data = overlay(data, read_values(text, "values"))
        content = json.dumps(data, sort_keys=True)
        given = f"kind: ConfigMap\nmetadata:\n  name: {target.name}\ndata: {content}\n"
        return "---\n".join(["", given, *texts])


def _texts(folder: Path) -> dict[str, str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}
