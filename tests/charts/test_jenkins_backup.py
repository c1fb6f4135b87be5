"""Backup and restore of Jenkins' chart: its scripts against a home in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.charts.programs import Backups, Programs, check_one_that_is_not_there, imported
from tests.pages.charts import CHARTS

FILES = CHARTS / "jenkins" / "chart" / "files"


class Site(Backups):
    """The chart's programs beside a home."""

    def __init__(self, folder: Path, found: Programs, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, found, patch)
        self.home = folder / "home"
        self.home.mkdir()
        patch.setattr(found("home"), "HOME", self.home)
        self.write("config.xml", "<hudson/>")
        self.write("secrets/master.key", "key")
        self.write("jobs/apps/jobs/orders/builds/1/build.xml", "<build/>")
        self.write("jobs/apps/jobs/workspace/config.xml", "<project/>")

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def state(self) -> dict[str, str]:
        return {
            path.relative_to(self.home).as_posix(): path.read_text()
            for path in self.home.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with imported(FILES, monkeypatch) as found:
        yield Site(tmp_path, found, monkeypatch)


def test_what_was_there_is_there_again_and_what_came_is_gone(site: Site) -> None:
    before = site.state()
    site.backup()
    site.write("config.xml", "<changed/>")
    site.write("jobs/apps/jobs/orders/builds/2/build.xml", "<build/>")
    (site.home / "secrets" / "master.key").unlink()
    site.restore()
    assert site.state() == before
    assert not (site.home / "jobs/apps/jobs/orders/builds/2").exists()
    site.restore()
    assert site.state() == before


def test_workspaces_clones_plugins_and_logs_are_no_part_of_it_and_stay(site: Site) -> None:
    left = ("workspace/x", "caches/git-1/HEAD", "plugins/git.jpi", "logs/a.log", "war/index.html")
    for name in left:
        site.write(name, "big")
    site.write("jobs/atomic123.tmp", "half")
    (site.home / "last").symlink_to("config.xml")
    made = site.backup()
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert names == {
        "SHA256SUMS",
        "config.xml",
        "secrets/master.key",
        "jobs/apps/jobs/orders/builds/1/build.xml",
        "jobs/apps/jobs/workspace/config.xml",
    }
    site.restore()
    assert site.state().keys() >= set(left)


def test_what_did_not_change_is_there_once_and_old_ones_go(site: Site) -> None:
    first = site.backup("20260101T000000Z")
    second = site.backup("20260102T000000Z")
    assert (first / "config.xml").samefile(second / "config.xml")
    assert (second / "config.xml").stat().st_ino != (site.home / "config.xml").stat().st_ino
    site.write("config.xml", "<changed/>")
    third = site.backup()
    assert not first.exists()
    assert (second / "config.xml").read_text() == "<hudson/>"
    assert (third / "config.xml").read_text() == "<changed/>"


def test_a_home_in_which_nothing_ever_began_makes_no_backup(site: Site) -> None:
    (site.home / "config.xml").unlink()
    with pytest.raises(SystemExit, match=re.escape("the home has no config.xml")):
        site.backup()
    assert list(site.backups.iterdir()) == []


def test_what_a_killed_one_left_is_taken_away_by_a_later_one(site: Site) -> None:
    old, young = site.backups / ".work-other", site.backups / ".work-young"
    for each in (old, young):
        each.mkdir()
    os.utime(old, (0, 0))
    site.backup()
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("harm", ["changed", "lost", "list"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(site: Site, harm: str) -> None:
    made = site.backup()
    site.write("config.xml", "<changed/>")
    before = site.state()
    if harm == "changed":
        (made / "secrets/master.key").write_text("other")
    elif harm == "lost":
        (made / "jobs/apps/jobs/orders/builds/1/build.xml").unlink()
    else:
        (made / "SHA256SUMS").unlink()
    with pytest.raises(SystemExit, match=made.name):
        site.restore()
    assert site.state() == before


def test_one_that_is_not_there_is_named_with_those_that_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_one_that_is_not_there(site, monkeypatch)


@pytest.mark.parametrize(
    "name",
    ["a\nb", "a\rb", "a\\nb", "a\u2028b", "a\x85b", "\udce4", "x" * 255, "a\n" + "0" * 64 + "  b"],
    ids=["line", "return", "backslash", "separator", "next", "bytes", "long", "sum"],
)
def test_whatever_a_build_calls_an_artifact_is_kept_and_comes_back(site: Site, name: str) -> None:
    site.write(f"jobs/orders/builds/1/archive/{name}", "artifact")
    before = site.state()
    site.backup()
    site.write(f"jobs/orders/builds/1/archive/{name}", "changed")
    site.restore()
    assert site.state() == before


def test_what_is_a_folder_now_and_was_a_file_is_one_again(site: Site) -> None:
    site.write("nodes/one/config.xml", "<slave/>")
    before = site.state()
    site.backup()
    (site.home / "config.xml").unlink()
    site.write("config.xml/deep", "x")
    (site.home / "nodes/one/config.xml").unlink()
    (site.home / "nodes/one").rmdir()
    site.write("nodes/one", "x")
    site.restore()
    assert site.state() == before


def test_a_link_in_the_home_leads_no_restore_elsewhere(site: Site) -> None:
    before = site.state()
    made = site.backup()
    aside = site.backups / "aside"
    aside.mkdir()
    (aside / "master.key").write_text("other's")
    (site.home / "secrets" / "master.key").unlink()
    (site.home / "secrets").rmdir()
    (site.home / "secrets").symlink_to(aside)
    (site.home / "config.xml").unlink()
    (site.home / "config.xml").symlink_to(made / "config.xml")
    for each in (site.home / ".config.xml.part", site.home / ".master.key.part"):
        each.symlink_to(aside / "master.key")
    site.restore()
    assert (aside / "master.key").read_text() == "other's"
    assert site.state().items() >= before.items()
    assert not (site.home / "config.xml").is_symlink()


def test_a_list_that_names_what_is_elsewhere_is_damaged(site: Site) -> None:
    made = site.backup()
    (site.backups / "other").write_text("x")
    digest = site.programs("copies").digest_of(site.backups / "other")
    with (made / "SHA256SUMS").open("a") as list_of:
        list_of.write(f"{digest}  ../other\n")
    with pytest.raises(SystemExit, match=r"is damaged: \.\./other"):
        site.restore()
    assert not (site.home.parent / "other").exists()
