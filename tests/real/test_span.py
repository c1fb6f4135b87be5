"""The commits of a release: what they say, and whom their signatures prove."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.source.span import Written, authors, written
from pipelinekit.plan.ledger.keyring import Keyring
from tests.real.remotes import Bare, bare, git
from tests.real.signers import Signers


class Work:
    """A clone of a repository in which people commit."""

    def __init__(self, folder: Path) -> None:
        self.signers = Signers(folder / "keys")
        self.signers.folder.mkdir()
        self.remote: Bare = bare(folder, "orders", {"a": "a"})
        self.clone = folder / "clone"
        git("clone", "--quiet", str(self.remote.path), str(self.clone), cwd=folder)
        self.first = git("rev-parse", "HEAD", cwd=self.clone)

    def commit(self, signer: str = "", author: str = "ada <ada@example.com>") -> str:
        words: tuple[str, ...] = ("commit",)
        if signer:
            key = f"user.signingKey={self.signers.private(signer)}"
            words = ("-c", "gpg.format=ssh", "-c", key, "commit", "-S")
        git(*words, "--quiet", "--allow-empty", f"--author={author}", "-m", "Change", cwd=self.clone)
        git("push", "--quiet", "origin", "HEAD:main", cwd=self.clone)
        return git("rev-parse", "HEAD", cwd=self.clone)

    def say(self, subject: str) -> str:
        git("commit", "--quiet", "--allow-empty", "-m", subject, cwd=self.clone)
        git("push", "--quiet", "origin", "HEAD:main", cwd=self.clone)
        return git("rev-parse", "HEAD", cwd=self.clone)

    def authors(self, commit: str, since: str = "") -> tuple[str, ...] | None:
        keys = Keyring(self.signers.platform())
        return authors(written(str(self.remote.path), "main", commit, since, keys))


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def test_each_person_whose_key_signed_is_an_author_once(work: Work) -> None:
    work.commit("ada")
    work.commit("grace", author="nobody <nobody@example.com>")
    last = work.commit("ada")
    assert work.authors(last, work.first) == ("ada", "grace")
    assert work.authors(last, last) == ()


@pytest.mark.parametrize("signer", ["", "stranger", "payments"])
def test_what_no_persons_key_signed_proves_nobody(work: Work, signer: str) -> None:
    work.commit("ada")
    assert work.authors(work.commit(signer), work.first) == ("", "ada")


def test_without_a_beginning_everything_counts(work: Work) -> None:
    assert work.authors(work.commit("ada")) == ("ada", "")


def test_what_is_not_on_the_branch_is_not_known(work: Work, tmp_path: Path) -> None:
    git("checkout", "--quiet", "-b", "aside", cwd=work.clone)
    git("commit", "--quiet", "--allow-empty", "-m", "Aside", cwd=work.clone)
    aside = git("rev-parse", "HEAD", cwd=work.clone)
    git("push", "--quiet", "origin", "HEAD:aside", cwd=work.clone)
    assert work.authors(aside) is None
    assert work.authors(work.first, aside) is None
    keys = Keyring(work.signers.platform())
    assert authors(written(str(tmp_path / "gone"), "main", work.first, "", keys)) is None


def test_each_commit_with_its_subject_newest_first(work: Work) -> None:
    first, last = work.commit("ada"), work.commit()
    keys = Keyring(work.signers.platform())
    assert written(str(work.remote.path), "main", last, work.first, keys) == (
        Written(commit=last, subject="Change", person=""),
        Written(commit=first, subject="Change", person="ada"),
    )


def test_a_subject_is_one_whole_line_and_no_other_commits(work: Work) -> None:
    true = work.say("Open the door")
    work.say(f"Mend\u2028{true} Harmless")
    last = work.say(f"Mend\x0b{true} Harmless")
    keys = Keyring(work.signers.platform())
    found = written(str(work.remote.path), "main", last, work.first, keys) or ()
    assert found[-1].subject == "Open the door"
    assert [each.subject for each in found[:-1]] == [
        f"Mend{each}{true} Harmless" for each in ("\x0b", "\u2028")
    ]
