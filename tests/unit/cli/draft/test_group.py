from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelinekit.cli.draft import group


def program(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "draft"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_another_draft_on_the_path_is_named_and_ours_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = program(tmp_path / "ours"), program(tmp_path / "other")
    monkeypatch.setattr(sys, "executable", str(ours.with_name("python")))
    monkeypatch.setenv("PATH", f"{ours.parent}::{other.parent}:{tmp_path / 'none'}:{other.parent}")
    assert group.others() == [str(other)]


def test_the_environment_of_draft_toml_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from pipelinekit.cli.draft.seen import logs
    from pipelinekit.errors import DocumentInvalid

    (tmp_path / "draft.toml").write_text('[environments.staging]\nname = "orders"\n')
    monkeypatch.chdir(tmp_path)
    for words, named in (([], "elsewhere"), (["-e", "other"], "other")):
        done = CliRunner().invoke(logs, words, env={"DRAFT_ENV": "elsewhere", "DRAFT_HOME": str(tmp_path)})
        assert isinstance(done.exception, DocumentInvalid)
        assert f"'{named}'" in done.exception.faults[0].problem
