"""The developer's folder as sync looks at it."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelinekit.adapters.sync.folder import LARGEST, SourceFolder
from pipelinekit.cli.draft.sync.syncing import BUILT
from pipelinekit.errors import Refused
from pipelinekit.model.sources import Layout


def test_a_link_is_sent_as_its_target(tmp_path: Path) -> None:
    (tmp_path / "\u00e4").symlink_to("../\u00f6")
    folder = SourceFolder(tmp_path, "Dockerfile", Layout(runtime="python"))
    sources = folder.look().sources
    content = folder.content("\u00e4", sources["\u00e4"])
    assert content is not None
    assert content.data.decode() == "../\u00f6"


@pytest.mark.parametrize(("name", "target"), [(b"odd", b"\xff"), (b"\xff", b"odd"), (b"a\nb", b"odd")])
def test_a_name_that_no_receiver_could_write_is_refused(tmp_path: Path, name: bytes, target: bytes) -> None:
    (tmp_path / os.fsdecode(name)).symlink_to(os.fsdecode(target))
    folder = SourceFolder(tmp_path, "Dockerfile", Layout(runtime="python"))
    for _ in range(2):
        with pytest.raises(Refused, match="not every program writes alike"):
            folder.look()


def test_the_sources_of_a_site_are_those_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "public" / "inner").mkdir(parents=True)
    (tmp_path / "public" / "inner" / "page.html").write_text("a page")
    (tmp_path / "README.md").write_text("for people")
    layout = Layout(runtime="sh", folder="public", where="/html")
    folder = SourceFolder(tmp_path, "Dockerfile", layout)
    look = folder.look()
    assert set(look.sources) == {"inner", "inner/page.html"}
    assert {"public", "README.md"} <= set(look.building)
    content = folder.content("inner/page.html", look.sources["inner/page.html"])
    assert content is not None
    assert content.data == b"a page"


def test_a_file_that_no_batch_could_hold_is_told_as_that(tmp_path: Path) -> None:
    with (tmp_path / "data.bin").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(Refused, match=r"data\.bin is larger than 64 MiB") as refused:
        SourceFolder(tmp_path, "Dockerfile", Layout(runtime="python")).look()
    assert refused.value.faults[0].code in BUILT


@pytest.mark.parametrize("age", [0, 900_000_000])
def test_what_is_written_again_within_a_tick_of_the_clock_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int
) -> None:
    """Same size, same time: on a file system that counts seconds an editor does that by saving twice."""
    now, real = 1_700_000_000_000_000_000, os.lstat
    frozen = {"st_mtime_ns": now, "st_ctime_ns": now}

    def lstat(path: str) -> SimpleNamespace:
        found = real(path)
        kept = {name: getattr(found, name) for name in ("st_size", "st_ino", "st_mode")}
        return SimpleNamespace(**kept, **frozen)

    monkeypatch.setattr("pipelinekit.adapters.sync.folder.os.lstat", lstat)
    monkeypatch.setattr("pipelinekit.adapters.sync.folder.time.time_ns", lambda: now + age)
    (tmp_path / "a.py").write_text("1")
    folder = SourceFolder(tmp_path, "Dockerfile", Layout(runtime="python"))
    first = folder.look().sources["a.py"]
    (tmp_path / "a.py").write_text("2")
    assert folder.look().sources["a.py"] != first


def test_a_file_that_stays_as_it_is_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("1")
    later = (tmp_path / "a.py").stat().st_ctime_ns + 10_000_000_000
    monkeypatch.setattr("pipelinekit.adapters.sync.folder.time.time_ns", lambda: later)
    folder = SourceFolder(tmp_path, "Dockerfile", Layout(runtime="python"))
    folder.look()
    monkeypatch.setattr("pipelinekit.adapters.sync.folder.regular.read", None)
    assert folder.look().sources
