"""The ledger over path, http and ssh: real repositories, real keys, a real agent."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path

import pytest

from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger import signing
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.adapters.source.ledger.local import Local
from pipelinekit.adapters.source.ledger.remote import Remote
from pipelinekit.cli.books import ledger_of
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.ledger import MOVED, PLATFORM, UNREACHABLE, Event, History
from tests import examples
from tests.ledgers import BRANCH, NOW, event
from tests.real.remotes import bare, git, over_http, over_ssh
from tests.real.signers import Signers, agent, sign_as


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    return Signers(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """A folder of bare repositories, the address of each way to it, and what ssh needs."""
    root = tmp_path_factory.mktemp("git")
    with over_http(root) as http, over_ssh(tmp_path_factory.mktemp("sshd") / "keys") as ssh:
        yield root, {"path": str(root), "http": http, "ssh": f"{ssh.address}{root}"}, dict(ssh.env)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's settings, keys or agent."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "SSH_AUTH_SOCK", "GIT_CONFIG_GLOBAL", signing.KEY):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty ledger."""
    return bare(tmp_path, "ledger", {}).path


def book(address: str | Path, signers: Signers, **until: str) -> GitLedger:
    return GitLedger(address, signers.platform(**until), signed=True, clock=lambda: NOW)


def add(ledger: GitLedger, *events: Event) -> History:
    known = ledger.history(events[0].branch)
    return ledger.append(events[0].branch, events, after=known.head)


@pytest.mark.parametrize("way", ["path", "http", "ssh"])
def test_events_stand_in_order_whoever_writes_and_however_it_is_reached(
    way: str,
    served: tuple[Path, dict[str, str], dict[str, str]],
    signers: Signers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, addresses, env = served
    name = bare(root, f"ledger-{way}", {}).name
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    ledger = book(f"{addresses[way]}/{name}", signers)
    assert ledger.history(BRANCH) == History()
    sign_as(monkeypatch, signers, "payments")
    first = add(ledger, event("released"), event("deployed", environment="dev", details={"revision": 1}))
    assert [each.event.kind for each in first] == ["released", "deployed"]
    sign_as(monkeypatch, signers, "ada")
    second = add(book(f"{addresses[way]}/{name}", signers), event("approved", reason="größer\n\n"))
    assert [(each.event.kind, str(each.writer), each.trouble) for each in second.entries] == [
        ("released", "the pipelines of payments", ""),
        ("deployed", "the pipelines of payments", ""),
        ("approved", "ada", ""),
    ]
    assert second.entries[2].event == event("approved", reason="größer\n\n")
    assert ledger.branches() == (BRANCH,)
    with pytest.raises(Refused) as caught:
        ledger.append(BRANCH, [event("held")], after=first.head)
    assert caught.value.faults[0].code == MOVED
    assert ledger.history(BRANCH) == second


def test_what_is_noted_waits_for_what_somebody_else_notes_and_whoever_expects_it_does_not(
    signers: Signers, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    go, waited = threading.Event(), list[bool]()
    released, deployed = event("released"), event("deployed", environment="dev", details={"revision": 1})
    for expected in (True, False):
        later = GitLedger(
            repository, signers.platform(), signed=True, first=lambda: waited.append(go.wait(30))
        )
        if expected:
            later.expect(BRANCH)
            assert waited == []
            add(book(repository, signers), released)
            go.set()
        later.note([deployed])
        assert waited.pop()
    assert [each.event.kind for each in book(repository, signers).history(BRANCH).entries] == [
        "released",
        "deployed",
    ]


def test_over_ssh_a_pipeline_s_key_is_also_what_it_is_let_in_with(
    served: tuple[Path, dict[str, str], dict[str, str]],
    signers: Signers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, addresses, env = served
    keys = Path(re.search(r"-i (\S+)/user", env["GIT_SSH_COMMAND"])[1])  # type: ignore[index]
    with (keys / "authorized").open("a") as file:
        file.write(signers.public("payments").key + "\n")
    # An agent knows its servers; ssh looks for them at a home that no variable moves.
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {shutil.which("ssh")} -F /dev/null -o UserKnownHostsFile={keys}/known "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    name = bare(root, "ledger-keyed", {}).name
    address = f"{addresses['ssh']}/{name}"
    sign_as(monkeypatch, signers, "stock")
    with pytest.raises(Refused, match="Permission denied"):
        book(address, signers).history(BRANCH)
    sign_as(monkeypatch, signers, "payments")
    assert book(address, signers).note([event("released")])
    assert len(book(address, signers).history(BRANCH).events) == 1


def test_a_repository_that_is_gone_is_told(
    signers: Signers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "ada")
    ledger = book(tmp_path / "gone.git", signers)
    for ask in (ledger.branches, lambda: ledger.history(BRANCH), lambda: ledger.note([event()])):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.faults[0].code == UNREACHABLE


def test_what_is_told_already_is_not_told_again(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    ledger = book(repository, signers)
    one, two = event("released"), event("deployed", environment="dev", details={"revision": 1})
    first = ledger.note([one])
    second = ledger.note([one, two])
    assert first != second == ledger.note([one, two]) == ledger.history(BRANCH).head
    assert ledger.note([event("failed")]) != ledger.note([event("failed")])
    assert [each.kind for each in ledger.history(BRANCH).events] == [
        "released",
        "deployed",
        "failed",
        "failed",
    ]


def test_a_proof_from_before_its_arrival_is_told_again_behind_it(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    ledger = book(repository, signers)
    where = {"environment": "dev", "details": {"revision": 1}}
    came, proven = event("deployed", **where), event("verified", **where)
    ledger.note([proven])
    head = ledger.note([came, proven])
    assert [each.kind for each in ledger.history(BRANCH).events] == ["verified", "deployed", "verified"]
    assert ledger.note([came, proven]) == head


def test_what_is_expected_is_asked_beside_other_work_and_a_rival_is_waited_for(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    one, other = book(repository, signers), book(repository, signers)
    for each in (one, other):
        each.expect(BRANCH)
    other.note([event("released", version="2.0.0")])
    one.note([event("released")])
    one.note([event("deployed", environment="dev")])
    one.close()
    other.close()
    assert len(one.history(BRANCH).events) == 3
    never = book(repository / "gone", signers)
    never.expect(BRANCH)
    with pytest.raises(Refused, match="cannot be read"):
        never.note([event()])
    never.close()
    assert list(Path(tempfile.gettempdir()).glob("pipelinekit-*/git")) == []


def test_many_who_write_at_once_all_stand_there(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    known = signers.platform()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            ledger = GitLedger(repository, known, signed=True)
            assert ledger.note([event("released", version=f"1.0.{number}")])
        except BaseException as error:  # noqa: BLE001 - a thread's errors are told below
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert failures == []
    found = book(repository, signers).history(BRANCH)
    assert {each.version for each in found.events} == {f"1.0.{number}" for number in range(8)}
    assert found.troubled == ()


# --- whose key it is ------------------------------------------------------------------------------


def test_a_key_that_is_nobody_s_writes_nothing(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "eve")
    with pytest.raises(Refused, match="nobody's whom the platform knows") as told:
        add(book(repository, signers), event())
    assert told.value.faults[0].hint.startswith(f"{signing.KEY} names it")
    monkeypatch.delenv(signing.KEY)
    with pytest.raises(Refused, match="no key is known"):
        add(book(repository, signers), event())
    monkeypatch.setenv(signing.KEY, "/etc/hostname")
    with pytest.raises(Refused, match="no key that ssh-keygen can read") as told:
        add(book(repository, signers), event())
    assert told.value.faults[0].hint.startswith(f"{signing.KEY} names it")
    assert book(repository, signers).history(BRANCH) == History()


def test_a_pipeline_s_key_approves_nothing(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments", user="grace-j")
    with pytest.raises(Refused, match="no event of the kind approved"):
        add(book(repository, signers), event("approved"))
    with pytest.raises(Refused, match="write nothing of the platform"):
        add(book(repository, signers), Event(kind="released", at=NOW))


def test_an_expired_key_writes_nothing(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "ada")
    with pytest.raises(Refused, match=r"of ada has expired"):
        add(book(repository, signers, ada="2027-01-01"), event("held"))


def revoke_payments(ledger: GitLedger, signers: Signers) -> None:
    details = {"key": signers.public("payments").fingerprint, "kept": {}}
    add(ledger, Event(kind="revoked", at=NOW, details=details))


def test_a_revoked_key_writes_nothing_and_what_it_told_is_told_again(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    first = book(repository, signers).note([event("released")])
    sign_as(monkeypatch, signers, "ada")
    revoke_payments(book(repository, signers), signers)
    sign_as(monkeypatch, signers, "payments")
    for expects in (False, True):
        ledger = book(repository, signers)
        if expects:
            ledger.expect(BRANCH)
        for write in (ledger.note, lambda events, ledger=ledger: add(ledger, *events)):
            with pytest.raises(Refused, match="of the pipelines of payments is revoked"):
                write([event("released")])
        ledger.close()
    assert book(repository, signers).history(BRANCH).head == first
    sign_as(monkeypatch, signers, "ada")
    again = book(repository, signers).note([event("released")])
    assert again == book(repository, signers).note([event("released")])
    assert [bool(each.trouble) for each in book(repository, signers).history(BRANCH).entries] == [True, False]


def test_what_is_told_already_needs_no_key(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    first = book(repository, signers).note([event("released")])
    monkeypatch.delenv(signing.KEY)
    assert book(repository, signers).note([event("released")]) == first


def test_whoever_adds_has_the_last_entry_whatever_others_write_on_top(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "ada")
    ledger, push = book(repository, signers), Remote.push

    def rival(remote: Remote, here: Git, branch: str, commit: str, after: str) -> None:
        push(remote, here, branch, commit, after)
        monkeypatch.setattr(Remote, "push", push)
        book(repository, signers).note([event("held")])

    monkeypatch.setattr(Remote, "push", rival)
    assert [each.event.kind for each in add(ledger, event("requested"))] == ["requested"]
    assert [each.kind for each in ledger.history(BRANCH).events] == ["requested", "held"]


def test_what_nobody_signed_keeps_nothing_from_being_told(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    ledger = book(repository, signers)
    first = ledger.note([event("released")])
    text = git("cat-file", "commit", first, cwd=repository)
    forged = re.sub(r"gpgsig .*?-----END SSH SIGNATURE-----\n", "", text, flags=re.DOTALL) + "\n"
    (repository / "forged").write_text(forged)
    commit = git("hash-object", "-t", "commit", "-w", "forged", cwd=repository)
    git("update-ref", f"refs/heads/{BRANCH}", commit, cwd=repository)
    assert ledger.note([event("released")]) != commit
    assert [each.trouble for each in ledger.history(BRANCH).entries] == ["it has no signature", ""]


def test_what_another_team_signed_keeps_nothing_from_being_told(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        # Whoever may push has a git of their own, which asks nobody what they may write.
        patch.setattr("pipelinekit.adapters.source.ledger.gitledger.may_not_write", lambda *_: "")
        sign_as(patch, signers, "stock")
        first = book(repository, signers).note([event("verified", environment="dev")])
    sign_as(monkeypatch, signers, "payments")
    assert book(repository, signers).note([event("verified", environment="dev")]) != first
    assert [each.kind for each in book(repository, signers).history(BRANCH).events] == ["verified"]


def test_jenkins_release_folder_writes_for_those_whom_the_platform_knows(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = book(repository, signers)
    sign_as(monkeypatch, signers, "release", user="grace-j")
    assert ledger.writer().person == "grace"
    add(ledger, event("approved"))
    sign_as(monkeypatch, signers, "release", user="eve")
    known, unknown = add(book(repository, signers), event("approved", version="2.0.0"))
    assert known.writer
    assert unknown.writer
    assert (known.writer.role, known.writer.person, known.writer.groups) == (
        "release",
        "grace",
        ("release-managers", "others"),
    )
    assert (unknown.writer.person, unknown.writer.groups, unknown.writer.jenkins_user) == ("", (), "eve")


def test_a_person_signs_with_what_git_or_the_agent_has(
    repository: Path, signers: Signers, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settings(text: str) -> None:
        # They are read once a process and home.
        other = home / f"{len(list(home.iterdir()))}"
        other.mkdir()
        (other / ".gitconfig").write_text(text)
        monkeypatch.setenv("HOME", str(other))

    settings(f"[user]\n\tsigningkey = {signers.private('ada')}.pub\n")
    add(book(repository, signers), event("held"))
    settings("[gpg]\n\tprogram = false\n")
    with agent(signers.private("eve"), signers.private("grace")) as env:
        monkeypatch.setenv("SSH_AUTH_SOCK", env["SSH_AUTH_SOCK"])
        found = add(book(repository, signers), event("unheld"))
        settings(f'[user]\n\tsigningkey = "key::{signers.public("ada").key}"\n')
        with pytest.raises(Refused, match="cannot be signed"):
            add(book(repository, signers), event("held", version="2.0.0"))
    assert [str(each.writer) for each in found] == ["ada", "grace"]


# --- the embedded one -----------------------------------------------------------------------------


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
