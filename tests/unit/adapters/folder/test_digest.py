from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.folder.digest import digest


def test_a_folder_is_the_same_after_somebody_has_run_its_modules(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/keeper.py").write_text("x = 1\n")
    before = digest(tmp_path)
    (tmp_path / "files/__pycache__").mkdir()
    (tmp_path / "files/__pycache__/keeper.cpython-313.pyc").write_bytes(b"of this machine")
    assert digest(tmp_path) == before
    (tmp_path / "files/keeper.py").write_text("x = 2\n")
    assert digest(tmp_path) != before
