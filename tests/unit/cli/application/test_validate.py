"""What `validate` reads of a platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.source import platforms
from pipelinekit.reading.platform.lock import FILE as LOCK
from tests.unit.cli.application.test_difference import PLATFORM, run


def test_a_platform_whose_lock_is_damaged_is_not_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / platforms.FILE).write_text(PLATFORM)
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    assert run("validate", "--path", str(tmp_path)) == 0
    (tmp_path / LOCK).write_text("<<<<<<< ours\napplications: []\n")
    assert run("validate", "--path", str(tmp_path)) == 6
    assert "the lock cannot be read" in capsys.readouterr().err


def test_who_is_in_the_wrong_folder_hears_which_application_was_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / platforms.FILE
    document.write_text(PLATFORM)
    here = tmp_path / "orders"
    here.mkdir()
    monkeypatch.setattr(platforms, "_commit_of", lambda _: "")
    monkeypatch.setenv("PIPELINEKIT_PLATFORM", str(document))
    # Of a platform alone there is nothing to say.
    assert run("validate", "--path", str(here)) == 0
    assert capsys.readouterr().err == ""
    (here / "app.yml").write_text("")
    assert run("validate", "--path", str(here)) == 0
    told = f"there is no app.yaml in {here}, so none was checked: there is app.yml: rename it to app.yaml"
    assert capsys.readouterr().err == f"notice: {told}\n"
    # Whoever names the platform means it.
    assert run("validate", "--path", str(here), "--platform", str(document)) == 0
    assert capsys.readouterr().err == ""
    assert run("validate", "--path", str(here / "gone"), "--platform", str(document)) == 6
    assert "there is no folder" in capsys.readouterr().err
