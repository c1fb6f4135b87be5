"""The developer's folder as sync looks at it."""

import os
from pathlib import Path

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
