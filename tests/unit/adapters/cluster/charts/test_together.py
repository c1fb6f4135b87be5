"""Charts are prepared together as far as they are right, and nothing of the attempt is anybody's error."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.cluster.charts import linting, passed, together
from pipelinekit.adapters.cluster.charts.packing import Packer
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.ports.releases import ChartFolder

HEAD = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"


def chart(folder: Path) -> ChartFolder:
    folder.mkdir()
    (folder / "Chart.yaml").write_text(HEAD.format(folder.name))
    (folder / "values.yaml").write_text("a: 1\n")
    return ChartFolder(folder=folder, trial='{"a": 2}', root=folder.parent)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Helm is asked for, which passes whatever is linted and packs nothing."""
    said: list[list[str]] = []

    def run(argv: list[str], **_: Any) -> process.Completed:
        said.append(argv)
        return process.Completed(0 if argv[1] == "lint" else 1, "", "")

    monkeypatch.setattr(process, "run", run)
    monkeypatch.setattr(passed, "has", lambda _: False)
    monkeypatch.setattr(passed, "keep", lambda _: None)
    return said


def without(folder: Path) -> None:
    (folder / "Chart.yaml").unlink()


def unsayable(folder: Path) -> None:
    (folder / "na\udcefme").write_text("a")


@pytest.mark.parametrize("wrong", [without, unsayable])
def test_a_chart_that_is_none_keeps_nobody_from_the_others(
    tmp_path: Path, asked: list[list[str]], wrong: Callable[[Path], None]
) -> None:
    bad, good = chart(tmp_path / "bad"), chart(tmp_path / "good")
    wrong(bad.folder)
    linter = linting.Linter()
    together.prepare([bad, good], linter, Packer())
    assert [each[1] for each in asked if each[1] == "lint"]


def test_what_helm_takes_too_long_for_is_asked_for_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    def run(argv: list[str], **_: Any) -> process.Completed:
        asked.append(argv)
        raise failed("tool-timeout", "helm did not finish within 120 s")

    monkeypatch.setattr(process, "run", run)
    linter = linting.Linter()
    together.prepare([chart(tmp_path / "one"), chart(tmp_path / "other")], linter, Packer())
    assert (len(asked), linter.passed) == (2, set())


def test_where_a_file_gets_no_second_name_each_is_linted_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    together.prepare([chart(tmp_path / "one"), chart(tmp_path / "other")], linting.Linter(), Packer())
    assert [each[1] for each in asked] == ["package"]
