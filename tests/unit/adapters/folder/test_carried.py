from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.carried import packed, unpack
from pipelinekit.adapters.folder.components import ComponentFolder
from pipelinekit.errors import ToolFailed


def folder(root: Path, name: str) -> ComponentFolder:
    for path in ("component.yaml", "chart/Chart.yaml", "chart/templates/a.yaml"):
        (root / name / path).parent.mkdir(parents=True, exist_ok=True)
        (root / name / path).write_text(f"{name} {path}")
    return ComponentFolder(name, root / name, b"")


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return gzip.compress(stream.getvalue())


def test_of_the_component_goes_what_it_is_made_of_and_of_others_what_they_are_judged_by(
    tmp_path: Path,
) -> None:
    folders = {name: folder(tmp_path / "from", name) for name in ("jenkins", "store")}
    (tmp_path / "from/jenkins/chart/link").symlink_to("/etc/passwd")
    for beside in (".env", "agent/.pipelinekit/receipt.json", "chart-of-old/Chart.lock"):
        (tmp_path / "from/jenkins" / beside).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from/jenkins" / beside).write_text("nobody's business")
    content = packed(b"document", "jenkins", ("./chart", ""), folders, {"values/mine.yaml": b"mine"})
    unpack(content, tmp_path / "to")
    found = {
        path.relative_to(tmp_path / "to").as_posix()
        for path in (tmp_path / "to").rglob("*")
        if path.is_file()
    }
    assert found == {
        "platform.yaml",
        "values/mine.yaml",
        "platform-charts/jenkins/component.yaml",
        "platform-charts/jenkins/chart/Chart.yaml",
        "platform-charts/jenkins/chart/templates/a.yaml",
        "platform-charts/store/component.yaml",
        "platform-charts/store/chart/Chart.yaml",
    }
    assert (tmp_path / "to/platform.yaml").read_bytes() == b"document"


def test_the_libraries_that_its_charts_are_made_with_go_along(tmp_path: Path) -> None:
    folders = {"jenkins": folder(tmp_path / "from", "jenkins")}
    library = tmp_path / "from" / "pk-common"
    (library / "templates").mkdir(parents=True)
    for path in ("Chart.yaml", "templates/_names.tpl"):
        (library / path).write_text(path)
    unpack(packed(b"d", "jenkins", ("chart",), folders, {}, [library]), tmp_path / "to")
    there = tmp_path / "to/platform-charts/pk-common"
    assert [(there / each).read_text() for each in ("Chart.yaml", "templates/_names.tpl")] == [
        "Chart.yaml",
        "templates/_names.tpl",
    ]


def test_the_same_content_has_the_same_bytes(tmp_path: Path) -> None:
    first = {name: folder(tmp_path / "a", name) for name in ("jenkins", "store")}
    second = {name: folder(tmp_path / "b", name) for name in ("store", "jenkins")}
    made = [packed(b"d", "jenkins", ("chart",), each, {}) for each in (first, second)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no tar"), archive(**{"../out": b""}), archive(**{"/out": b""})],
    ids=["empty", "no gzip", "no tar", "above", "absolute"],
)
def test_what_is_no_such_archive_is_refused_and_nothing_is_written_elsewhere(
    content: bytes, tmp_path: Path
) -> None:
    with pytest.raises(ToolFailed) as caught:
        unpack(content, tmp_path / "to")
    assert caught.value.faults[0].code == "handover-unreadable"
    assert not (tmp_path / "out").exists()


def test_compiled_modules_stay_on_their_machine(tmp_path: Path) -> None:
    folders = {"store": folder(tmp_path, "store")}
    before = packed(b"document", "store", ("./chart", ""), folders, {})
    compiled = tmp_path / "store/chart/files/__pycache__/keeper.cpython-313.pyc"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(b"of this machine")
    assert packed(b"document", "store", ("./chart", ""), folders, {}) == before
