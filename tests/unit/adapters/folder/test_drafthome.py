from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.drafthome import KEPT, DraftHome


def kept(home: DraftHome, build: str, at: int) -> None:
    os.utime(home.keep_log("orders", build, build), (at, at))


def test_the_last_log_is_the_one_of_the_last_up_whatever_its_build(tmp_path: Path) -> None:
    home = DraftHome(str(tmp_path))
    kept(home, "01A", 1)
    kept(home, "01B", 2)
    # Nothing to do any more: the build is the one of before.
    kept(home, "01A", 3)
    assert [each.name for each in home.logs("orders")] == ["01B", "01A"]


def test_the_oldest_logs_go(tmp_path: Path) -> None:
    home = DraftHome(str(tmp_path))
    for number in range(KEPT):
        kept(home, f"{KEPT - number:03}", number)
    home.keep_log("orders", "000", "the last one")
    names = [each.name for each in home.logs("orders")]
    assert (len(names), names[-1], f"{KEPT:03}" in names) == (KEPT, "000", False)


def test_packs_are_found_where_classic_draft_puts_them_and_no_link_leads_astray(tmp_path: Path) -> None:
    home = DraftHome(str(tmp_path / "home"))
    for repository in ("packs/mine", "cache/packs/theirs", "packs/example.com/a/b"):
        (home.folder / repository / "packs" / repository[-1] / "charts").mkdir(parents=True)
    # As `pack-repo add` does it.
    (home.folder / "packs/github.com/acme").mkdir(parents=True)
    (home.folder / "packs/github.com/acme/packs-of-theirs").symlink_to(home.folder / "cache/packs/theirs")
    (home.folder / "packs/github.com/round").symlink_to(home.folder / "packs")
    (home.folder / "packs/github.com/out").symlink_to(tmp_path)
    assert [each.name for each in home.packs()] == ["b", "s", "e"]


def test_a_folder_that_may_not_be_read_hides_no_other_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = DraftHome(str(tmp_path))
    for repository in ("packs/closed", "packs/mine", "packs/theirs"):
        (home.folder / repository / "packs" / "python" / "charts").mkdir(parents=True)
    (home.folder / "packs/shut").mkdir()
    listed = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder.name == "shut" or folder == home.folder / "packs/closed/packs":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert [each.parts[-3] for each in home.packs()] == ["mine", "theirs"]


def test_what_is_owed_is_known_until_it_is_settled(tmp_path: Path) -> None:
    home = DraftHome(str(tmp_path))
    assert home.owed("c/mine/orders") == ""
    home.owe("c/mine/orders", "01A")
    assert (home.owed("c/mine/orders"), home.owed("c/mine/stock")) == ("01A", "")
    home.settle("c/mine/orders")
    home.settle("c/mine/orders")
    assert home.owed("c/mine/orders") == ""


def test_the_last_log_is_the_last_whatever_the_clock_was_before(tmp_path: Path) -> None:
    home, tomorrow = DraftHome(str(tmp_path)), time.time() + 24 * 3600
    for number in range(KEPT):
        os.utime(home.keep_log("orders", f"ahead{number:02}", "x"), (tomorrow + number, tomorrow + number))
    for number in range(3):
        path = home.keep_log("orders", f"after{number}", "y")
        assert home.logs("orders")[-1] == path
    assert len(home.logs("orders")) == KEPT
    # An `up` that has nothing to do has the build of before.
    again = home.keep_log("orders", "after0", "z")
    assert (home.logs("orders")[-1], again.read_text()) == (again, "z")
