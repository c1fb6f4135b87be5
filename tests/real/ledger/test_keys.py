"""Whose key writes what in a ledger: real keys, a real agent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger import signing
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.adapters.source.ledger.remote import Remote
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import Event, History
from tests.ledgers import BRANCH, NOW, event
from tests.real.ledger.books import add, book
from tests.real.remotes import git
from tests.real.signers import Signers, agent, sign_as


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
