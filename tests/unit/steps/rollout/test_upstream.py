from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.rollout.component import Archive
from pipelinekit.steps.artefacts.chart import digest_of
from pipelinekit.steps.rollout.upstream import require_called, require_same
from tests.doubles import Charts

ARCHIVE = Archive(name="web", repository="https://charts.example.com", version="1.2.3")


def archive(folder: Path, chart: str | None) -> Path:
    made = folder / "web-1.2.3.tgz"
    made.write_text(json.dumps({} if chart is None else {"Chart.yaml": chart}))
    return made


def test_an_archive_of_another_digest_is_refused(tmp_path: Path) -> None:
    here = archive(tmp_path, "name: web")
    require_same(ARCHIVE, here, digest_of(here))
    with pytest.raises(Refused, match="not the archive that its lock names"):
        require_same(ARCHIVE, here, "sha256:" + "0" * 64)


@pytest.mark.parametrize("chart", ["name: web\nversion: 1.2.4\n", "name: wed\nversion: 1.2.3\n"])
def test_an_archive_that_calls_itself_otherwise_is_refused(tmp_path: Path, chart: str) -> None:
    require_called(ARCHIVE, archive(tmp_path, "name: web\nversion: 1.2.3\n"), Charts())
    with pytest.raises(Refused, match="says that it is"):
        require_called(ARCHIVE, archive(tmp_path, chart), Charts())


def test_an_archive_without_a_chart_is_none(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"holds no Chart\.yaml"):
        require_called(ARCHIVE, archive(tmp_path, None), Charts())
