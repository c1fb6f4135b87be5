"""The embedded ledger: a repository of this user, for a terminal whose platform names none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger.remote import HEADS, Remote, pairs
from pipelinekit.adapters.source.repositories import reason
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, failed, refused
from pipelinekit.model.ledger import is_branch

_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\tfsync = committed,reference
[receive]
\tdenyNonFastForwards = true
\tdenyDeletes = true
\tfsckObjects = true
"""
_NOTHING = "0" * 40
_PATIENT = ("-c", "core.filesRefLockTimeout=3000")
_PACKING = 60.0
_LOOSE = 28
"""So many objects in one of 256 folders are what git itself packs at (`gc.auto`)."""


@dataclass(frozen=True)
class Local(Remote):
    """The embedded ledger, read and written where it is: a push would start five programs for one commit."""

    @contextmanager
    def opened(self) -> Iterator[Git]:
        """git in this repository; what it cannot read of it is told as that."""
        with git.bare(Path(self.address)) as here:
            try:
                yield here
            except ToolFailed as error:
                if error.faults[0].code != "git-failed":
                    raise
                raise self._unreachable(error.faults[0].problem) from error

    def heads(self) -> dict[str, str]:
        """Each branch of the ledger and its newest commit."""
        with self.opened() as here:
            return {name: commit for name, commit in self._heads(here).items() if is_branch(name)}

    def fetch(
        self,
        here: Git,
        branches: Sequence[str],
        *,
        newest: int = 0,  # noqa: ARG002 - all is here
        whole: bool = False,  # noqa: ARG002
    ) -> dict[str, str]:
        """The heads of those of the branches that are there."""
        heads = self._heads(here)
        return {name: heads[name] for name in branches if name in heads}

    def push(self, here: Git, branch: str, commit: str, after: str) -> None:
        """Put the branch at a commit if it still is at `after`; raises `Refused` (`MOVED`) if it is not."""
        done = here.run(*_PATIENT, "update-ref", addresses.head(branch), commit, after or _NOTHING)
        if done.code:
            # A lock that outlives our patience is of somebody who was killed, and of no race.
            lost = None if ".lock'" in done.err else self.lost(done.err, branch)
            raise lost or self.untaken(reason(done))
        # The event is in: what fails from here on is tried again another time.
        with suppress(OSError, PipelinekitError):
            if len(list(Path(self.address, "objects", "17").iterdir())) >= _LOOSE:
                here.run("gc", "--quiet", timeout=_PACKING)

    def untaken(self, why: str) -> Refused:
        """What is raised when the disk does not let us write."""
        return refused(
            "ledger-refused",
            f"{self} does not take the event: {why}",
            hint="a .lock that it names and nobody works with: remove it; else "
            f"`git -C {self.address} fsck --full` shows what is damaged, or that folder has to be yours to "
            "write, and XDG_STATE_HOME names another",
        )

    def _heads(self, here: Git) -> dict[str, str]:
        done = here.run("for-each-ref", "--format=%(objectname) %(refname)", HEADS)
        # Of a branch that it cannot read git says a word, and goes on without it.
        if done.code or "broken ref" in done.err:
            raise self._unreachable(reason(done))
        return {ref.removeprefix(HEADS): commit for commit, ref in pairs(done.out, " ")}


def folder(name: str) -> Path | None:
    """The embedded ledger of a platform, made unless it is there; None for a user without a home.

    Raises `ToolFailed` when the disk refuses.
    """
    state, home = os.environ.get("XDG_STATE_HOME"), os.environ.get("HOME")
    if not state and not home:
        return None
    path = Path(state or f"{home}/.local/state", "pipelinekit", "ledgers", f"{name}.git")
    try:
        _require_ours(path)
        if not (path / "HEAD").exists():
            for part in ("objects", "refs/heads"):
                (path / part).mkdir(parents=True, exist_ok=True)
            files.write_atomic(path / "config", _CONFIG)
            # The last one: whoever is killed before it starts over.
            files.write_atomic(path / "HEAD", "ref: refs/heads/platform\n")
    except OSError as error:
        raise failed(
            "ledger-none",
            f"no ledger can be kept at {path}: {error.strerror}",
            hint="that folder has to be yours to write; XDG_STATE_HOME names another",
        ) from error
    return path


def _require_ours(path: Path) -> None:
    """Raise `ToolFailed` for a repository of somebody else: its settings can name programs."""
    for each in (path, path / "config", path / "objects"):
        if each.exists() and each.stat().st_uid != os.geteuid():
            raise failed(
                "ledger-none",
                f"no ledger can be kept at {path}: {each} is of another user",
                hint="that folder has to be yours to write; XDG_STATE_HOME names another",
            )
