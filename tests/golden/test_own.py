"""What this project generates for itself is current: its agent's image is an application like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli import main

AGENT = Path(__file__).resolve().parents[2] / "platform-charts/jenkins/agent"


def test_the_agents_generated_files_are_current(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(AGENT)
    with pytest.raises(SystemExit) as ended:
        main.run(["generate", "--check"])
    assert ended.value.code == 0, f"run `pipelinekit generate` in {AGENT}\n{capsys.readouterr()}"
