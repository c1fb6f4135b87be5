"""The commits between two releases, from an application's own repository: which, whose, and what they say."""

from __future__ import annotations

import re
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import MEMORY, TIMEOUT, Git
from pipelinekit.adapters.source.ledger.proof import log_of
from pipelinekit.plan.ledger.keyring import Keyring
from pipelinekit.records import dataclass

MOST = 20_000
"""Commits that are looked at; more than that nobody has approved as one."""
SUBJECT = 200
"""Letters of a subject that are told."""
_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One commit: its subject, and the person whose key signed it, or an empty text."""

    commit: str
    subject: str
    person: str


def authors(found: tuple[Written, ...] | None) -> tuple[str, ...] | None:
    """The person of each commit, each once; an empty text stands for commits that no person's key signed."""
    return None if found is None else tuple(dict.fromkeys(each.person for each in found))


class Branch:
    """One branch of a repository as it is when it is first asked about: it is fetched once, or not at all.

    The branch `HEAD` is the one that the repository itself says.
    """

    def __init__(self, repository: str, branch: str) -> None:
        self.repository, self.branch = repository, branch
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def written(self, commit: str, since: str, keys: Keyring) -> tuple[Written, ...] | None:
        """Each commit since another one (or since the beginning), newest first.

        What an author line says is free text. None: the repository does not answer, or does not have both
        commits on that branch.
        """
        listed = self._span(commit, since)
        if not listed:
            return None if listed is None else ()
        people = {each.principal for each in keys.owners.values() if each.role == "person"}
        with momentary.folder() as folder:
            allowed = Path(folder, "allowed")
            allowed.write_text(keys.allowed_signers())
            rows = log_of(self._here, listed, allowed)
        proven = {identity: name for identity, verdict, name, _ in rows if verdict == "G" and name in people}
        asked = "".join(f"{each}\n" for each in listed)
        told = self._here.check("log", "--no-walk=unsorted", "--stdin", "--format=%H %s", stdin=asked)
        # git's lines end in one way, whatever a subject has: none stands for another commit's.
        subjects = {commit: subject for commit, _, subject in (x.partition(" ") for x in told.split("\n"))}
        return tuple(
            Written(commit=each, subject=subjects.get(each, "")[:SUBJECT], person=proven.get(each, ""))
            for each in listed
        )

    @property
    def head(self) -> str:
        """Its newest commit; empty where the repository does not answer."""
        return self._here.check("rev-parse", "FETCH_HEAD^{commit}").strip() if self._answers else ""

    def commits(self) -> frozenset[str] | None:
        """All that it has; None: the repository does not answer, or has more than anybody looks at."""
        listed = self._span(self.head, "")
        return None if listed is None else frozenset(listed)

    def text_at(self, commit: str, path: str) -> str | None:
        """A text as it is at a commit. None: it is not there, or the repository cannot tell."""
        if self._span(commit, commit) is None:
            return None
        found = self._here.run("cat-file", "blob", f"{commit}:{path}", memory=MEMORY, timeout=TIMEOUT)
        return found.out if found.code == 0 else None

    @cached_property
    def _here(self) -> Git:
        return self._open.enter_context(git.scratch(origin=addresses.address(self.repository)))

    @cached_property
    def _answers(self) -> bool:
        # Commits alone: what they change has no say in who wrote them.
        ref = self.branch if self.branch == "HEAD" else addresses.head(self.branch)
        words = ("fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", ref)
        return self._here.run(*words, timeout=TIMEOUT).code == 0

    def _span(self, commit: str, since: str) -> list[str] | None:
        named = [each for each in (commit, since) if each]
        if not commit or not all(_ID.fullmatch(each) for each in named):
            # A pipeline names it: a word for another commit each time is no commit.
            return None
        if not self._answers or not all(self._has(each) for each in named):
            return None
        span = [commit, f"^{since}"] if since else [commit]
        listed = self._here.check("rev-list", f"--max-count={MOST + 1}", *span, "--").split()
        return listed if len(listed) <= MOST else None

    def _has(self, commit: str) -> bool:
        """Whether a commit is on the branch, by its own name: a tag's id leads to it as well."""
        if self._here.run("merge-base", "--is-ancestor", commit, "FETCH_HEAD").code:
            return False
        return self._here.run("rev-parse", f"{commit}^{{commit}}").out.strip() == commit
