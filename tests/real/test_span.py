"""The commits of a release: what they say, and whom their signatures prove."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.source.registered import RegisteredCommits
from pipelinekit.adapters.source.span import Branch, Written, authors
from pipelinekit.model.platform.document import Registration
from pipelinekit.plan.ledger.keyring import Keyring
from tests.promotions import release
from tests.real.remotes import Bare, bare, git, over_http
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
        with self.branch() as branch:
            return authors(branch.written(commit, since, keys))

    def branch(self, address: str = "") -> Branch:
        return Branch(address or str(self.remote.path), "main")


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
    with work.branch(str(tmp_path / "gone")) as gone:
        assert gone.written(work.first, "", keys) is None


def test_each_commit_with_its_subject_newest_first(work: Work) -> None:
    first, last = work.commit("ada"), work.commit()
    keys = Keyring(work.signers.platform())
    with work.branch() as branch:
        assert branch.written(last, work.first, keys) == (
            Written(commit=last, subject="Change", person=""),
            Written(commit=first, subject="Change", person="ada"),
        )


def test_the_newest_commit_of_the_branch_is_known_where_it_answers(work: Work) -> None:
    last = work.commit("ada")
    with work.branch() as branch:
        assert branch.head == last
    with work.branch(f"{work.remote.path}.gone") as gone:
        assert gone.head == ""


def test_all_commits_of_the_branch_that_a_repository_says_is_its_main_one(work: Work) -> None:
    last = work.commit("ada")
    git("switch", "--quiet", "--create", "aside", cwd=work.clone)
    git("commit", "--quiet", "--allow-empty", "-m", "Aside", cwd=work.clone)
    git("push", "--quiet", "origin", "aside", cwd=work.clone)
    with Branch(str(work.remote.path), "HEAD") as branch:
        assert branch.commits() == frozenset({work.first, last})
    with work.branch(f"{work.remote.path}.gone") as gone:
        assert gone.commits() is None


def test_everybody_has_written_what_came_after_a_release_as_well(work: Work) -> None:
    released = work.commit("ada")
    work.commit("grace")
    known = replace(
        work.signers.platform(),
        applications=(Registration(name="orders", team="shop", repository=str(work.remote.path)),),
    )
    with RegisteredCommits(known, "shop", "orders") as commits:
        assert commits.everybody() == ("grace", "ada", "")
        assert commits.authors(replace(release(), commit=released), "") == ("ada", "")
    with RegisteredCommits(known, "shop", "nobody-registered") as commits:
        assert commits.everybody() is None
    work.remote.path.rename(work.remote.path.with_suffix(".gone"))
    with RegisteredCommits(known, "shop", "orders") as commits:
        assert commits.everybody() is None


def test_a_subject_is_one_whole_line_and_no_other_commits(work: Work) -> None:
    true = work.say("Open the door")
    work.say(f"Mend\u2028{true} Harmless")
    last = work.say(f"Mend\x0b{true} Harmless")
    keys = Keyring(work.signers.platform())
    with work.branch() as branch:
        found = branch.written(last, work.first, keys) or ()
    assert found[-1].subject == "Open the door"
    assert [each.subject for each in found[:-1]] == [
        f"Mend{each}{true} Harmless" for each in ("\x0b", "\u2028")
    ]


def test_a_tag_s_id_is_no_second_name_of_its_commit(work: Work) -> None:
    last = work.commit("ada")
    git("tag", "--annotate", "-m", "One", "v1", cwd=work.clone)
    git("push", "--quiet", "origin", "v1", cwd=work.clone)
    tag = git("rev-parse", "v1", cwd=work.clone)
    assert tag != last
    assert (work.authors(tag, work.first), work.authors(last, work.first)) == (None, ("ada",))


@pytest.mark.parametrize(
    "name", ["FETCH_HEAD", "FETCH_HEAD~1", "main", ":/Change", "--all", "", "{first:.12}"]
)
def test_a_word_for_a_commit_is_none(work: Work, name: str) -> None:
    """An event names it: by such a word it would be another commit each time that somebody asks."""
    work.commit("ada")
    named = name.format(first=work.first)
    assert work.authors(named) is None
    with work.branch() as branch:
        assert branch.text_at(named, "a") is None


@pytest.mark.parametrize("way", ["path", "http"])
def test_a_text_is_told_as_it_was_at_a_commit_of_the_branch(work: Work, way: str) -> None:
    told = "name: orders\r\n# \u00e9 and \ufffd\n"
    (work.clone / "shop").mkdir()
    (work.clone / "shop" / "app.yaml").write_bytes(told.encode())
    git("add", ".", cwd=work.clone)
    one = work.say("One")
    (work.clone / "shop" / "app.yaml").write_text("name: other\n")
    git("add", ".", cwd=work.clone)
    two = work.say("Two")
    git("switch", "--quiet", "--create", "aside", cwd=work.clone)
    git("commit", "--quiet", "--allow-empty", "-m", "Aside", cwd=work.clone)
    git("push", "--quiet", "origin", "aside", cwd=work.clone)
    aside = git("rev-parse", "HEAD", cwd=work.clone)
    with over_http(work.remote.path.parent) as http:
        address = str(work.remote.path) if way == "path" else f"{http}/{work.remote.path.name}"
        with work.branch(address) as branch:
            assert branch.text_at(one, "shop/app.yaml") == told
            assert branch.text_at(two, "shop/app.yaml") == "name: other\n"
            assert branch.text_at(two, "app.yaml") is None
            assert branch.text_at(aside, "shop/app.yaml") is None
    with work.branch(f"{work.remote.path}.gone") as gone:
        assert gone.text_at(one, "shop/app.yaml") is None


@pytest.mark.parametrize("way", ["path", "http"])
def test_it_is_fetched_once_and_all_answers_are_of_that_moment(work: Work, way: str) -> None:
    (work.clone / "app.yaml").write_text("name: orders\n")
    git("add", ".", cwd=work.clone)
    one, two = work.say("One"), work.commit("ada")
    keys = Keyring(work.signers.platform())
    with over_http(work.remote.path.parent) as http:
        address = str(work.remote.path) if way == "path" else f"{http}/{work.remote.path.name}"
        with work.branch(address) as branch:
            assert branch.text_at(one, "app.yaml") == "name: orders\n"
            later = work.commit("grace")
            work.remote.path.rename(work.remote.path.with_suffix(".gone"))
            assert authors(branch.written(two, one, keys)) == ("ada",)
            assert authors(branch.written(one, work.first, keys)) == ("",)
            assert branch.written(later, one, keys) is None


def test_what_does_not_answer_is_asked_once(work: Work) -> None:
    away = work.remote.path.with_suffix(".gone")
    work.remote.path.rename(away)
    with work.branch() as branch:
        assert branch.text_at(work.first, "a") is None
        away.rename(work.remote.path)
        assert branch.written(work.first, "", Keyring(work.signers.platform())) is None
