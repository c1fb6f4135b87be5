"""The repository that a ledger is in: branches fetched, commits read, a branch pushed or not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import TIMEOUT, Git
from pipelinekit.adapters.source.ledger import signing
from pipelinekit.adapters.source.repositories import reason
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.errors import Refused, ToolFailed, failed, refused
from pipelinekit.model.ledger import MOVED, UNREACHABLE, is_branch
from pipelinekit.plan.ledger.commit import Commit, read_commit

HEADS = "refs/heads/"
MOST = 256 * 1024 * 1024
"""Bytes of a branch: an application that is released twenty times a day has as much in five years."""
_RACES = (
    "stale info",
    "non-fast-forward",
    "fetch first",
    "failed to update ref",
    "cannot lock ref",
    "incorrect old value",
    "reference already exists",
)
"""What git says when somebody else was quicker."""
_APART = re.compile(r"'refs/heads/([^']+)' exists; cannot create")
"""What it says when it never will take it."""


@dataclass(frozen=True)
class Remote:
    """A repository at an address that git reaches; each question is asked in a repository of the moment."""

    address: str

    @contextmanager
    def opened(self) -> Iterator[Git]:
        """git, with this repository as `origin`."""
        with git.scratch(origin=self.address) as here:
            yield here

    def heads(self) -> dict[str, str]:
        """Each branch of the ledger and its newest commit; other branches are none of it."""
        with self.opened() as here:
            done = here.run(*_reaching(), "ls-remote", "--heads", "origin", timeout=TIMEOUT)
        if done.code:
            raise self._unreachable(reason(done))
        heads = {ref.removeprefix(HEADS): commit for commit, ref in pairs(done.out, "\t")}
        return {name: commit for name, commit in heads.items() if is_branch(name)}

    def fetch(
        self, here: Git, branches: Sequence[str], *, newest: int = 0, whole: bool = False
    ) -> dict[str, str]:
        """The heads of those of the branches that are there, with all or so many commits that are below.

        No event has files: without `whole` a server that can leave away what others push beside them does.
        Raises `Refused` where it cannot, and that is more than `MOST`.
        """
        more = [*([f"--depth={newest}"] if newest else []), *([] if whole else ["--filter=tree:0"])]
        wanted = {addresses.head(each): each for each in branches}
        while wanted:
            specs = [f"+{ref}:{_here(ref)}" for ref in wanted]
            done = here.run(
                *(*_reaching(), "fetch", "--quiet", "--no-tags", *more, "origin", *specs),
                timeout=TIMEOUT,
                file=MOST,
            )
            if done.code == 0:
                break
            # A branch that is not there yet is no error of ours, and git asks for all or none.
            missing = re.search(r"couldn't find remote ref (refs/heads/\S+)", done.err)
            if missing is None or wanted.pop(missing[1], None) is None:
                raise (
                    _large(" and ".join(wanted.values())) if _full(here) else self._unreachable(reason(done))
                )
        if not wanted:
            return {}
        listed = here.check("for-each-ref", "--format=%(objectname) %(refname)", "refs/ledger/")
        heads = {ref: commit for commit, ref in pairs(listed, " ")}
        return {name: heads[_here(ref)] for ref, name in wanted.items() if _here(ref) in heads}

    def push(self, here: Git, branch: str, commit: str, after: str) -> None:
        """Put the branch at a commit if it still is at `after`; raises `Refused` (`MOVED`) if it is not."""
        ref = addresses.head(branch)
        lease = f"--force-with-lease={ref}:{after}"
        done = here.run(
            *_reaching(),
            "push",
            "--porcelain",
            "--no-verify",
            lease,
            "origin",
            f"{commit}:{ref}",
            timeout=TIMEOUT,
        )
        if done.code == 0:
            return
        lost = self.lost(f"{done.out}\n{done.err}", branch)
        if lost:
            raise lost
        rejected = next((line for line in done.out.splitlines() if line.startswith("!")), "")
        if rejected:
            raise self.untaken(rejected.rpartition(chr(9))[2])
        raise self._unreachable(reason(done))

    def lost(self, said: str, branch: str) -> Refused | None:
        """What git's words say of somebody else: quicker, or with a branch that keeps ours out."""
        apart = _APART.search(said)
        if apart:
            return refused(
                "ledger-refused",
                f"{self} does not take the event: its branch {apart[1]} is in the way of {branch}",
                hint="git keeps no branch whose name goes on where another's ends: the server's "
                "administrator removes it, and finds out who pushed it",
            )
        return self.moved(branch) if any(each in said for each in _RACES) else None

    def moved(self, branch: str) -> Refused:
        """What is raised when somebody else was quicker."""
        return refused(MOVED, f"{branch} has moved on in {self}", hint="run it again")

    def untaken(self, why: str) -> Refused:
        """What is raised when the repository does not let us write."""
        return refused(
            "ledger-refused",
            f"{self} does not take the event: {why}",
            hint="may this account push there? the server's own words say why not; its administrator "
            "can tell",
        )

    def _unreachable(self, why: str) -> Refused:
        hint = "is ledger.repository right, does it answer, and may this account read it?"
        if os.path.isdir(self.address):  # noqa: PTH112 - an address is no path
            hint = (
                f"`git -C {self.address} fsck --full` shows what is damaged: bring a copy of it back. "
                "Without one, move that folder away; where no ledger.repository is named, a new one is begun"
            )
        return refused(UNREACHABLE, f"{self} cannot be read: {why}", hint=hint)

    def __str__(self) -> str:
        return f"the ledger at {without_credentials(self.address)}"


_JOINS = re.compile(r"tree [0-9a-fA-F]{40}\n(?:parent [0-9a-fA-F]{40}\n){2}")


def pairs(listed: str, gap: str) -> list[tuple[str, str]]:
    """Commit and branch of each line: git's lines end in one way, whatever else a branch's name has."""
    split = (line.partition(gap) for line in listed.split("\n") if line)
    return [(commit, ref) for commit, _, ref in split]


def _here(ref: str) -> str:
    """Where a branch is kept here: no branch of ours, or git would not fetch into the current one."""
    return "refs/ledger/" + ref.removeprefix(HEADS)


def read_commits(here: Git, head: str, *, newest: int = 0) -> tuple[Commit, ...]:
    """The commits below a head, all or so many of the newest, oldest first, as they are.

    Raises `Refused` for a head that is no commit, for more than `MOST`, and where two histories are joined.
    Whoever may push can join, without any key, and no order is left then: what stood beside would push aside
    a freeze, or come before the end of its key.
    """
    if not head:
        return ()
    most = [f"--max-count={newest}"] if newest else []
    found = []
    for record in _listed(here, head, *most).split("\0"):
        identity, _, text = record.lstrip("\n").partition("\n")
        if _JOINS.match(text):
            raise refused(
                "ledger-joined",
                f"the commit {identity[:12]} of the ledger joins two histories: nobody can tell their order",
                hint="find out who pushed it; the server's administrator puts the branch back to what was "
                f"there before: one of `git rev-parse {identity[:12]}^@`, and anchors tell which",
            )
        if identity:
            found.append(read_commit(identity, _unindented(text)))
    if not found or found[-1].id != head:
        raise refused(
            "ledger-odd",
            f"a branch of the ledger is at {head[:12]}, which is no commit",
            hint="a server takes no such push: ask its administrator who has written there",
        )
    return tuple(found)


def _listed(here: Git, head: str, *most: str) -> str:
    """The texts of the commits below a head, each with a NUL behind it."""
    try:
        done = here.run("rev-list", "--topo-order", "--reverse", "--header", *most, head, most=MOST)
    except ToolFailed as error:
        if error.faults[0].code != "tool-output":
            raise
        raise _large(head[:12]) from error
    if done.code:
        hint = "`pipelinekit ledger verify` tells what git finds in the ledger"
        raise failed("git-failed", f"git: {done.reason()}", hint=hint)
    return done.out


def _full(here: Git) -> bool:
    """Whether a fetch has ended because a file of it came to `MOST`."""
    found = Path(here.folder, "objects").rglob("*")
    return any(each.stat().st_size >= MOST for each in found if each.is_file())


def _large(where: str) -> Refused:
    return refused(
        "ledger-large",
        f"what stands in the ledger at {where} has more than {MOST >> 20} MiB: nobody reads all of it",
        hint="no event has more than 32 KiB, and none has files: find out who pushed what is larger "
        f"(`git log --format='%h %an %cI' --stat {where.partition(' ')[0]}` in a clone); the server's "
        "administrator puts the branch back to what was there before. A server that may leave files away "
        "(uploadpack.allowFilter) sends none to readers",
    )


def _unindented(text: str) -> str:
    """A commit's text from `rev-list --header`, which indents the message."""
    head, _, message = text.partition("\n\n")
    return head + "\n\n" + "\n".join(line.removeprefix("    ") for line in message.split("\n"))


def _reaching() -> tuple[str, ...]:
    return signing.reaching(os.environ)
