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
