"""The commits between two releases, from an application's own repository: which, whose, and what they say."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import TIMEOUT, Git
from pipelinekit.adapters.source.ledger.proof import log_of
from pipelinekit.plan.ledger.keyring import Keyring

MOST = 20_000
"""Commits that are looked at; more than that nobody has approved as one."""
SUBJECT = 200
"""Letters of a subject that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One commit: its subject, and the person whose key signed it, or an empty text."""

    commit: str
    subject: str
    person: str


def authors(found: tuple[Written, ...] | None) -> tuple[str, ...] | None:
    """The person of each commit, each once; an empty text stands for commits that no person's key signed."""
    return None if found is None else tuple(dict.fromkeys(each.person for each in found))


def written(
    repository: str, branch: str, commit: str, since: str, keys: Keyring
) -> tuple[Written, ...] | None:
    """Each commit since another one (or since the beginning), newest first.

    What an author line says is free text. None: the repository does not answer, or does not have both commits
    on that branch.
    """
    with _span(repository, branch, commit, since) as (here, listed):
        if not listed:
            return None if listed is None else ()
        people = {each.principal for each in keys.owners.values() if each.role == "person"}
        with tempfile.TemporaryDirectory(prefix="pipelinekit-") as folder:
            allowed = Path(folder, "allowed")
            allowed.write_text(keys.allowed_signers())
            rows = log_of(here, listed, allowed)
        proven = {identity: name for identity, verdict, name, _ in rows if verdict == "G" and name in people}
        asked = "".join(f"{each}\n" for each in listed)
        told = here.check("log", "--no-walk=unsorted", "--stdin", "--format=%H %s", stdin=asked)
        # git's lines end in one way, whatever a subject has: none stands for another commit's.
        subjects = {commit: subject for commit, _, subject in (x.partition(" ") for x in told.split("\n"))}
        return tuple(
            Written(commit=each, subject=subjects.get(each, "")[:SUBJECT], person=proven.get(each, ""))
            for each in listed
        )


@contextmanager
def _span(repository: str, branch: str, commit: str, since: str) -> Iterator[tuple[Git, list[str] | None]]:
    with git.scratch(origin=addresses.address(repository)) as here:
        ref = addresses.head(branch)
        # Commits alone: what they change has no say in who wrote them.
        words = ("fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", ref)
        known = here.run(*words, timeout=TIMEOUT).code == 0 and not any(
            here.run("merge-base", "--is-ancestor", each, "FETCH_HEAD").code
            for each in filter(None, (commit, since))
        )
        if not known:
            yield here, None
            return
        span = [commit, f"^{since}"] if since else [commit]
        listed = here.check("rev-list", f"--max-count={MOST + 1}", *span, "--").split()
        yield here, listed if len(listed) <= MOST else None
