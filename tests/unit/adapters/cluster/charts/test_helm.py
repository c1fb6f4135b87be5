"""What an archive holds, and what is none."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.errors import ToolFailed


def archive(folder: Path, content: bytes) -> Path:
    made = folder / "shop-1.0.0.tgz"
    with tarfile.open(made, "w:gz") as into:
        about = tarfile.TarInfo("shop/Chart.yaml")
        about.size = len(content)
        into.addfile(about, io.BytesIO(content))
    return made


def test_the_texts_that_are_asked_for(tmp_path: Path) -> None:
    assert Helm({}).texts(archive(tmp_path, b"name: caf\xc3\xa9"), ["Chart.yaml", "x"]) == {
        "Chart.yaml": "name: café"
    }


def test_a_text_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"shop-1.0.0.tgz has a text that is not UTF-8"):
        Helm({}).texts(archive(tmp_path, b"name: caf\xe9"), ["Chart.yaml"])


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00cut"])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    made = tmp_path / "shop-1.0.0.tgz"
    made.write_bytes(content)
    with pytest.raises(ToolFailed, match=r"shop-1.0.0.tgz cannot be unpacked"):
        Helm({}).texts(made, ["Chart.yaml"])
