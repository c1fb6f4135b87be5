from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli import main


@pytest.mark.parametrize("document", ["nothere", "nothere/app.yaml", "other.yaml"])
def test_a_document_that_is_none_is_not_taken_for_the_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], document: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(APP)
    (tmp_path / "other.yaml").write_text(APP)
    with pytest.raises(SystemExit) as caught:
        main.run(["explain", document])
    assert caught.value.code == 6
    assert "DOCUMENT" in capsys.readouterr().err


@pytest.mark.parametrize("document", [".", "app.yaml"])
def test_the_document_or_its_folder_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], document: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(APP)
    with pytest.raises(SystemExit) as caught:
        main.run(["explain", document])
    assert caught.value.code == 0
    assert "metadata.name" in capsys.readouterr().out


APP = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: shop}
build: {language: go}
"""
