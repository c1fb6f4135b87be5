from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.disk import files
from pipelinekit.errors import ToolFailed


def test_a_folder_in_a_files_place_comes_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").mkdir()
    for act in (files.read_bytes, lambda path: files.write_atomic(path, "x")):
        with pytest.raises(ToolFailed, match=r"app\.yaml: ") as caught:
            act(tmp_path / "app.yaml")
        assert caught.value.faults[0].hint == "a file belongs there: move the folder out of the way"


def test_a_file_in_a_folders_place_comes_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "charts").write_text("")
    with pytest.raises(ToolFailed) as caught:
        files.read_bytes(tmp_path / "charts" / "a.yaml")
    assert caught.value.faults[0].hint.startswith("a folder on the way to it is a file")
