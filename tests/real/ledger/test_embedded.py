"""The ledger of a terminal that has none: a repository of this user's, which proves nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger.local import Local
from pipelinekit.cli.wiring.books import ledger_of
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.ledger import PLATFORM
from tests import examples
from tests.ledgers import BRANCH, event
from tests.real.ledger.books import add
from tests.real.remotes import git


def test_a_terminal_without_a_ledger_has_one_that_proves_nothing(home: Path) -> None:
    ledger = ledger_of(examples.platform(name="local", ledger=""))
    found = add(ledger, event("released"), event("approved"))
    assert [str(each.writer) for each in found] == ["unsigned", "unsigned"]
    assert all(each.writer and not each.writer.person and not each.writer.groups for each in found)
    place = home / ".local/state/pipelinekit/ledgers/local.git"
    assert git("fsck", "--strict", cwd=place) == ""
    assert git("config", "core.fsync", cwd=place) == "committed,reference"
    assert ledger_of(examples.platform(name="local", ledger="")).history(BRANCH) == found
    assert PLATFORM not in ledger.branches()


def test_the_embedded_one_takes_each_event_once_from_many_at_a_time_and_packs_itself(home: Path) -> None:
    described = examples.platform(name="local", ledger="")
    versions = [f"1.0.{number}" for number in range(120)]

    def note(version: str) -> None:
        ledger_of(described).note([event("released", version=version)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, versions[:16]))
    for each in versions[16:]:
        note(each)
    ledger = ledger_of(described)
    head = ledger.history(BRANCH).head
    assert ledger.note([event("released", version=versions[-1])]) == head, "it is there already"
    assert sorted(each.event.version for each in ledger.history(BRANCH)) == sorted(versions)
    place = home / ".local/state/pipelinekit/ledgers/local.git"
    _litter(place / "objects" / "17", 30)
    note("2.0.0")
    assert list(place.glob("objects/pack/*.pack"))
    assert ledger_of(described).history(BRANCH).entries[-1].event.version == "2.0.0"


def _litter(folder: Path, number: int) -> None:
    """So many objects of git in one of its folders."""
    folder.mkdir(exist_ok=True)
    blobs = (f"blob {len(str(each))}\0{each}".encode() for each in count())
    named = ((hashlib.sha1(each, usedforsecurity=False).hexdigest(), each) for each in blobs)
    for name, blob in islice(((name, blob) for name, blob in named if name.startswith(folder.name)), number):
        (folder / name[2:]).write_bytes(zlib.compress(blob))


def test_a_lock_that_somebody_killed_has_left_in_the_embedded_one_is_told(home: Path) -> None:
    ledger = ledger_of(examples.platform(name="local", ledger=""))
    add(ledger, event("released"))
    place = home / ".local/state/pipelinekit/ledgers/local.git"
    (place / "refs" / "heads" / f"{BRANCH}.lock").write_text("")
    with pytest.raises(Refused, match=r"does not take the event.*\.lock"):
        ledger.note([event("deployed")])


@pytest.mark.usefixtures("home")
def test_an_embedded_one_of_somebody_else_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    described = examples.platform(name="local", ledger="")
    add(ledger_of(described), event("released"))
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(ToolFailed, match="is of another user"):
        ledger_of(described)


@pytest.mark.parametrize("way", ["its own", "by a commondir", "by an include"])
def test_what_an_embedded_one_says_of_settings_counts_nowhere(way: str, home: Path) -> None:
    ledger = ledger_of(examples.platform(name="local", ledger=""))
    add(ledger, event("released"))
    place = home / ".local/state/pipelinekit/ledgers/local.git"
    said = (
        "[user]\n\tname = Mallory\n\tsigningKey = /x\n"
        '[gpg "ssh"]\n\tprogram = /bin/evil\n[gc]\n\trecentObjectsHook = touch /x\n'
        '[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ext::sh -c x\n\tpromisor = true\n'
    )
    if way == "by an include":
        (home / "included").write_text(said)
        said = f'[include]\n\tpath = {home}/included\n[includeIf "gitdir:**"]\n\tpath = {home}/included\n'
    at = place
    if way == "by a commondir":
        at = home / "another.git"
        shutil.copytree(place, at)
        (place / "commondir").write_text(f"{at}\n")
    (at / "config").write_text("[core]\n\trepositoryformatversion = 1\n\tbare = true\n" + said)
    (place / "HEAD").write_text("ref: refs/heads/elsewhere\n")
    with Local(str(place)).opened() as here:
        for key in ("user.signingKey", "gpg.ssh.program", "gc.recentObjectsHook", "remote.origin.url"):
            assert not here.line("config", "--get", key), key
        assert here.line("config", "--get", "user.name") != "Mallory"
    found = add(ledger, event("deployed"))
    assert [each.event.kind for each in found] == ["released", "deployed"]
    assert (place / "refs" / "heads" / BRANCH).exists()


def test_a_disk_that_takes_no_ledger_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ToolFailed, match="no ledger can be kept"):
        ledger_of(examples.platform(name="local", ledger=""))
