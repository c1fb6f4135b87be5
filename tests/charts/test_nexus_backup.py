"""Backup and restore of Nexus' chart: its scripts against the double, whose data is in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import nexus
from tests.charts.programs import Backups, Programs, check_one_that_is_not_there, imported
from tests.pages.charts import CHARTS

FILES = CHARTS / "nexus" / "chart" / "files"


class Site(Backups):
    """The chart's programs beside a double whose data is in a folder."""

    def __init__(self, folder: Path, server: nexus.Nexus, found: Programs, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, found, patch)
        self.data, self.server = folder / "data", server
        (self.data / "db").mkdir(parents=True)
        patch.setattr(found("volume"), "DATA", self.data)
        patch.setenv("EMBEDDED", "yes")
        (folder / "password").write_text(server.password)
        patch.setattr(found("backup"), "LOGIN", folder / "password")
        server.data = self.data
        self.database("one")
        self.blob("a", "first")

    def database(self, text: str) -> None:
        (self.data / "db" / "nexus.mv.db").write_text(text)

    def blob(self, name: str, text: str) -> Path:
        path = self.data / "blobs" / "default" / "content" / f"{name}.bytes"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def state(self) -> dict[str, str]:
        return {name: path.read_text() for name, path in self.programs("copies").files(self.data)}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with nexus.serve() as server:
        monkeypatch.setenv("SERVER", server.url)
        with imported(FILES, monkeypatch) as found:
            yield Site(tmp_path, server, found, monkeypatch)


def test_what_was_there_is_there_again(site: Site) -> None:
    before = site.state()
    made = site.backup()
    assert site.server.tasks == {}
    assert not list(site.data.glob("pipelinekit-*")), "the server's own archive is not kept twice"
    site.database("two")
    site.blob("a", "changed")
    site.blob("b", "second")
    site.restore()
    assert site.state() == before
    site.restore()
    assert site.state() == before
    assert (made / "SHA256SUMS").read_text().count("\n") == 2


def test_what_did_not_change_is_there_once_and_old_ones_go(site: Site) -> None:
    path = site.blob("big", "x" * 1000)
    first = site.backup("20260101T000000Z")
    second = site.backup("20260102T000000Z")
    name = path.relative_to(site.data)
    assert (first / name).samefile(second / name)
    assert (second / name).stat().st_ino != path.stat().st_ino
    path.write_text("y" * 1000)
    third = site.backup()
    assert not first.exists()
    assert (second / name).read_text() == "x" * 1000
    assert (third / name).read_text() == "y" * 1000


def test_a_database_that_the_server_cannot_write_makes_no_backup(site: Site) -> None:
    site.server.broken = True
    with pytest.raises(SystemExit, match=re.escape("h2.backup.task: FAILED")):
        site.backup()
    assert list(site.backups.iterdir()) == []
    assert site.server.tasks == {}


def test_what_a_killed_one_left_is_taken_away_by_a_later_one(site: Site) -> None:
    left = [site.backups / ".work-other", site.data / "pipelinekit-backup-other"]
    young = site.backups / ".work-young"
    for each in (*left, young):
        each.mkdir()
    for each in left:
        os.utime(each, (0, 0))
    task = {"name": "pipelinekit-backup-other", "type": "h2.backup.task", "currentState": "WAITING"}
    site.server.tasks["7"] = {**task, "id": "7"}
    site.backup()
    assert not [each for each in left if each.exists()]
    assert young.exists()
    assert site.server.tasks == {}


@pytest.mark.parametrize("harm", ["blob", "database", "list", "lost"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(site: Site, harm: str) -> None:
    made = site.backup()
    site.database("two")
    before = site.state()
    (archive,) = (made / "database").iterdir()
    blob = made / "blobs" / "default" / "content" / "a.bytes"
    if harm == "blob":
        blob.write_text("other")
    elif harm == "database":
        archive.write_bytes(archive.read_bytes()[:-3])
    elif harm == "list":
        (made / "SHA256SUMS").unlink()
    else:
        blob.unlink()
    with pytest.raises(SystemExit, match=made.name):
        site.restore()
    assert site.state() == before


def test_one_that_is_not_there_is_named_with_those_that_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_one_that_is_not_there(site, monkeypatch)


def test_with_postgresql_only_blobs_are_copied(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED", "")
    made = site.backup()
    assert not (made / "database").exists()
    assert site.server.log == []
    monkeypatch.setenv("EMBEDDED", "yes")
    site.blob("a", "changed")
    before = site.state()
    with pytest.raises(SystemExit, match="no database of Nexus' own"):
        site.restore()
    assert site.state() == before


@pytest.mark.parametrize(
    "name",
    ["a\nb", "a\rb", "a\\nb", "a\u2028b", "\udce4", "x" * 240],
    ids=["line", "return", "backslash", "separator", "bytes", "long"],
)
def test_whatever_a_file_is_called_it_is_kept_and_comes_back(site: Site, name: str) -> None:
    path = site.blob(name, "blob").rename(site.data / "blobs" / "default" / name)
    before = site.state()
    site.backup()
    path.write_text("changed")
    site.restore()
    assert site.state() == before


def test_links_in_the_data_lead_no_restore_elsewhere(site: Site) -> None:
    (site.data / "etc").mkdir()
    (site.data / "etc" / "nexus.properties").write_text("x=1")
    before = site.state()
    made = site.backup()
    kept = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    aside = site.backups / "aside"
    aside.mkdir()
    (aside / "a.bytes").write_text("other's")
    (site.data / "etc" / "nexus.properties").unlink()
    (site.data / "etc").rmdir()
    (site.data / "etc").symlink_to(site.backups)
    content = site.data / "blobs" / "default" / "content"
    (content / "a.bytes").unlink()
    content.rmdir()
    content.symlink_to(aside)
    site.restore()
    assert (aside / "a.bytes").read_text() == "other's"
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == kept
    assert site.state() == before


def test_a_part_of_the_data_that_is_a_link_makes_no_backup(site: Site) -> None:
    (site.data / "etc").symlink_to(site.backups)
    with pytest.raises(SystemExit, match="etc: a link"):
        site.backup()
    assert list(site.backups.iterdir()) == []
