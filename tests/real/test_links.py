"""Folders behind links: what packages a chart follows them, so what looks at it has to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.folder import packs
from pipelinekit.adapters.folder.chartcopy import copied, find
from pipelinekit.adapters.folder.digest import digest
from pipelinekit.errors import Refused


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart whose templates are in a folder beside it, which a link leads to."""
    chart = tmp_path / "app" / "charts" / "orders"
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").write_text("name: orders\n")
    (tmp_path / "app" / "shared").mkdir()
    (tmp_path / "app" / "shared" / "web.yaml").write_text("kind: Deployment\n")
    (chart / "templates").symlink_to("../../shared")
    return chart


def test_a_change_behind_a_link_changes_the_digest(chart: Path) -> None:
    before = digest(chart)
    assert digest(chart) == before
    (chart.parents[1] / "shared" / "web.yaml").write_text("kind: StatefulSet\n")
    assert digest(chart) != before


def test_a_copy_has_what_is_behind_a_link(chart: Path, tmp_path: Path) -> None:
    before = copied(chart, tmp_path / "app", tmp_path / "copy")
    assert (tmp_path / "copy" / "templates" / "web.yaml").read_text() == "kind: Deployment\n"
    assert not (tmp_path / "copy" / "templates").is_symlink()
    (chart / "templates" / "web.yaml").write_text("kind: StatefulSet\n")
    assert copied(chart, tmp_path / "app", tmp_path / "other") != before


def test_a_pack_has_what_is_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "web.yaml").write_text("kind: Deployment\n")
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "templates").symlink_to("../shared")
    assert packs.read(tmp_path).keys() == {"charts/templates/web.yaml", "shared/web.yaml"}


READERS: dict[str, Callable[[Path, Path], object]] = {
    "digest": lambda chart, _: digest(chart),
    "copy": lambda chart, to: copied(chart, chart.parents[1], to),
    "pack": lambda chart, _: packs.read(chart),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_link_that_leads_in_a_circle_is_refused(chart: Path, tmp_path: Path, reader: str) -> None:
    (chart / "templates").unlink()
    (chart / "again").symlink_to(".")
    with pytest.raises(Refused, match="a link that leads in a circle"):
        READERS[reader](chart, tmp_path / "copy")


@pytest.mark.parametrize("reader", ["copy", "pack"])
def test_a_linked_folder_outside_is_refused(chart: Path, tmp_path: Path, reader: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "key").write_text("secret")
    (chart / "templates").unlink()
    (chart / "files").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="leads out of"):
        READERS[reader](chart, tmp_path / "copy")


def forest(chart: Path) -> None:
    """Few links that are many folders: each leads twice to the next."""
    (chart / "templates").unlink()
    for number in range(20):
        folder = chart / f"d{number}"
        folder.mkdir()
        for name in ("x", "y") if number else ():
            (chart / f"d{number - 1}" / name).symlink_to(f"../{folder.name}")


def well(chart: Path) -> None:
    """Folders inside each other, more than anybody writes."""
    (chart / "templates").unlink()
    here = os.open(chart, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


@pytest.mark.parametrize("made", [forest, well])
@pytest.mark.parametrize("reader", READERS)
def test_what_is_too_much_to_be_one_is_refused(
    chart: Path, tmp_path: Path, reader: str, made: Callable[[Path], None]
) -> None:
    made(chart)
    with pytest.raises(Refused, match="more than"):
        READERS[reader](chart, tmp_path / "copy")


@pytest.mark.parametrize("link", ["charts", "charts/orders"])
def test_a_chart_that_is_itself_behind_a_link_out_is_none(tmp_path: Path, link: str) -> None:
    """A stranger's repository would have another folder of this machine installed."""
    app, elsewhere = tmp_path / "app", tmp_path / "elsewhere"
    (elsewhere / "orders").mkdir(parents=True)
    for each in (elsewhere, elsewhere / "orders"):
        (each / "Chart.yaml").write_text("name: orders\n")
    (app / link).parent.mkdir(parents=True)
    (app / link).symlink_to(elsewhere)
    for named in ("", "orders"):
        with pytest.raises(Refused) as caught:
            copied(find(app, named), app, tmp_path / "copy")
        assert caught.value.faults[0].code == "link-out"
