"""Whether an upstream archive is the one that component.yaml, or its lock, names."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.errors import failed, refused
from pipelinekit.model.rollout.component import Archive
from pipelinekit.ports import Charts
from pipelinekit.reading.chart.values import read_values
from pipelinekit.steps.artefacts.chart import digest_of


def require_same(archive: Archive, here: Path, wanted: str) -> None:
    """Raise `Refused` unless the archive is the one of that digest."""
    if digest_of(here) != wanted:
        teller = "component.yaml" if archive.digest else "its lock"
        problem = f"{archive.name} {archive.version} is not the archive that {teller} names"
        hint = f"it has {digest_of(here) or 'no file'}; look at what has changed before you write that down"
        raise refused("archive-changed", problem, hint=hint)


def require_called(archive: Archive, here: Path, charts: Charts) -> None:
    """Raise `Refused` unless the archive says inside that it is the chart that it was fetched as.

    It is published by what it says, whatever the index of its repository calls it.
    """
    text = charts.texts(here, ["Chart.yaml"]).get("Chart.yaml")
    if text is None:
        raise failed("not-a-chart", f"{here.name} holds no Chart.yaml")
    about = read_values(text, "Chart.yaml")
    if (about.get("name"), about.get("version")) != (archive.name, archive.version):
        said = f"{about.get('name')!s:.200} {about.get('version')!s:.200}"
        problem = f"the archive of {archive.name} {archive.version} says that it is {said}"
        hint = "name chart and version in component.yaml as the archive does, if that is the chart you mean"
        raise refused("archive-changed", problem, hint=hint)
