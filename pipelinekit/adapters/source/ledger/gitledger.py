"""The ledger in a git repository: one branch an application, one signed commit an event."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipelinekit.adapters.source import git
from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger import proof, signing
from pipelinekit.adapters.source.ledger.ahead import Ahead, recent
from pipelinekit.adapters.source.ledger.local import Local
from pipelinekit.adapters.source.ledger.remote import Remote, read_commits
from pipelinekit.adapters.source.ledger.signing import ANOTHER, Signer
from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import MOVED, PLATFORM, Entry, Event, History, Writer, may_not_write
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.ledger.body import Body, message_of, read_message, same, untold
from pipelinekit.plan.ledger.commit import EMPTY_TREE, Commit
from pipelinekit.plan.ledger.judge import Revocation, judge, revocations, unrevoked
from pipelinekit.plan.ledger.keyring import Keyring

KEEPER = "pipelinekit <pipelinekit@localhost>"
"""Author of what nobody signs."""
_TRIES = 50


class GitLedger:
    """A ledger at an address that git reaches; `signed` is false for the embedded one.

    `first` returns when what somebody else notes of the same branch is there: only then `note` looks.
    """

    def __init__(
        self,
        address: str | Path,
        platform: Platform,
        *,
        signed: bool,
        clock: Callable[[], float] = time.time,
        first: Callable[[], object] = lambda: None,
    ) -> None:
        self.remote = Remote(str(address)) if signed else Local(str(address))
        self.name = platform.name
        self._gated = frozenset(each.name for each in platform.environments if each.gated)
        self._clock = clock
        self._first = first
        self._keys = Keyring(platform) if signed else None
        self._found: Signer | None = None
        self._ahead: Ahead | None = None

    def branches(self) -> tuple[str, ...]:
        """Those that are there, in order."""
        return tuple(sorted(self.remote.heads()))

    def history(self, branch: str) -> History:
        """What stands on a branch now, judged."""
        with self.remote.opened() as here:
            return self._history(here, branch)

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        """Add events after the commit `after`, all or none; the history then."""
        with self.remote.opened() as here:
            heads = self._fetched(here, branch)
            if heads.get(branch, "") != after:
                raise self.remote.moved(branch)
            written = self._written(here, branch, events, after, self._revoked(here, heads))
            self.remote.push(here, branch, written, after)
            # What others write on top by now is not read: the last entry is the caller's.
            return self._at(here, branch, {**heads, branch: written})

    def note(self, events: Sequence[Event]) -> str:
        """Add those events that their branch does not have yet in that order; its head with them."""
        branch = events[0].branch
        for _ in range(_TRIES):
            try:
                return self._noted(branch, events)
            except Refused as error:
                if error.faults[0].code != MOVED:
                    raise
        raise self.remote.moved(branch)

    def expect(self, branch: str) -> None:
        """Ask beside other work what will be asked when something of that branch is noted."""
        if self._ahead is None:
            self._ahead = Ahead(self.remote, branch, self._ready, self._first)

    def close(self) -> None:
        """Give back what `expect` has taken."""
        if self._ahead:
            self._ahead.close()
            self._ahead = None

    def writer(self) -> Writer:
        """Who `append` writes as."""
        return self._signer(self._keys).writer if self._keys else Writer(role="embedded")

    def fsck(self) -> tuple[str, ...]:
        """What git says of everything in the repository; raises `Refused` where it cannot be read at all."""
        branches = sorted(self.remote.heads())
        if not branches:
            return ()
        with self.remote.opened() as here:
            self.remote.fetch(here, branches, whole=True)
            done = here.run("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
        said = f"{done.out}{done.err}".splitlines() if done.code else []
        return tuple(each for each in said if not each.startswith("hint: "))

    # --- reading ----------------------------------------------------------------------------------

    def _history(self, here: Git, branch: str) -> History:
        return self._at(here, branch, self._fetched(here, branch))

    def _fetched(self, here: Git, branch: str) -> dict[str, str]:
        """The heads of a branch and of the one that has the revocations, where anybody signs."""
        return self.remote.fetch(here, sorted({PLATFORM, branch} if self._keys else {branch}))

    def _at(self, here: Git, branch: str, heads: Mapping[str, str]) -> History:
        head = heads.get(branch, "")
        return History(entries=self._judged(here, branch, head, self._revoked(here, heads)), head=head)

    def _revoked(self, here: Git, heads: Mapping[str, str]) -> tuple[Revocation, ...]:
        if not self._keys or PLATFORM not in heads:
            return ()
        return revocations(self._judged(here, PLATFORM, heads[PLATFORM], ()))

    def _ready(self, here: Git) -> tuple[Revocation, ...]:
        """What `_revocations` says; whose key signs is found beside."""
        if self._keys:
            self._signer(self._keys)
        return self._revocations(here)

    def _revocations(self, here: Git) -> tuple[Revocation, ...]:
        # All of that branch: a revocation may be older than what is read of an application.
        return self._revoked(here, self.remote.fetch(here, [PLATFORM])) if self._keys else ()

    def _judged(
        self, here: Git, branch: str, head: str, revoked: tuple[Revocation, ...]
    ) -> tuple[Entry, ...]:
        commits = read_commits(here, head)
        return judge(
            branch,
            commits,
            proof.prove(here, commits, self._keys) if self._keys else {},
            self._keys,
            int(self._clock()),
            revoked=revoked,
            gated=self._gated,
            ledger=self.name,
        )

    # --- writing ----------------------------------------------------------------------------------

    def _noted(self, branch: str, events: Sequence[Event]) -> str:
        ahead = self._ahead.taken() if self._ahead and self._ahead.branch == branch else None
        if ahead is None:
            self._first()
            with self.remote.opened() as here:
                return self._note(here, *recent(self.remote, here, branch), self._revocations(here), events)
        try:
            return self._note(*ahead, events)
        finally:
            # It is old once something was written on top of it.
            self.close()

    def _note(
        self,
        here: Git,
        head: str,
        commits: Sequence[Commit],
        revoked: tuple[Revocation, ...],
        events: Sequence[Event],
    ) -> str:
        branch = events[0].branch
        counting = unrevoked(branch, commits, revoked)
        missing = untold(events, [self._told_at(here, counting, each) for each in events])
        if not missing:
            return head
        written = self._written(here, branch, missing, head, revoked)
        self.remote.push(here, branch, written, head)
        return written

    def _told_at(self, here: Git, commits: Sequence[Commit], event: Event) -> int:
        """The number of the newest that tells it, signed by who may: or whoever may push could keep it from
        being told. Below 0: none does."""
        telling = {
            each.id: number
            for number, each in enumerate(commits)
            if _tells(each.message, self.name, event) and self._may_tell(each.fingerprint, event)
        }
        if self._keys and telling:
            proven = proof.prove(here, [commits[each] for each in telling.values()], self._keys)
            telling = {name: number for name, number in telling.items() if name in proven}
        return max(telling.values(), default=-1)

    def _may_tell(self, fingerprint: str, event: Event) -> bool:
        writer = self._keys.writer(fingerprint, "") if self._keys else Writer(role="embedded")
        return writer is not None and not may_not_write(writer, event, self._gated)

    def _signer(self, keys: Keyring) -> Signer:
        if self._found is None:
            with git.nowhere() as here:
                self._found = signing.find(here, keys, os.environ)
        return self._found

    def _written(
        self,
        here: Git,
        branch: str,
        events: Sequence[Event],
        parent: str,
        revoked: tuple[Revocation, ...],
    ) -> str:
        """The newest of the commits that say these events, none of which is on the branch yet."""
        if not parent:
            # Every commit before has it.
            here.check("hash-object", "-t", "tree", "-w", "--stdin", stdin="")
        for each in events:
            if each.branch != branch:
                raise ValueError(f"{each.kind} stands on {each.branch}, not on {branch}")
            parent = self._commit(here, each, parent, revoked)
        return parent

    def _commit(self, here: Git, event: Event, parent: str, revoked: tuple[Revocation, ...]) -> str:
        options, keeper, user = ["--no-gpg-sign"], KEEPER, ""
        signing_options: tuple[str, ...] = ()
        if self._keys:
            signer = self._signer(self._keys)
            trouble = may_not_write(signer.writer, event, self._gated)
            if signer.owner.until is not None and signer.owner.until <= self._clock():
                raise refused(
                    "ledger-key", f"the key {signer.writer.key} of {signer.writer} has expired", hint=ANOTHER
                )
            if any(each.key == signer.writer.key for each in revoked):
                raise refused(
                    "ledger-key", f"the key {signer.writer.key} of {signer.writer} is revoked", hint=ANOTHER
                )
            if trouble:
                raise refused(
                    "ledger-kind",
                    trouble,
                    hint="a person does that, with a key of their own that platform.yaml lists (people)",
                )
            options, keeper = ["-S"], self._keys.identity(signer.owner)
            user, signing_options = signer.writer.jenkins_user, signer.options
        try:
            message = message_of(Body(ledger=self.name, event=event, jenkins_user=user))
        except ValueError as error:
            raise refused(
                "ledger-event",
                f"this cannot be an event: {error}",
                hint="say less: a reason, a descriptor or a set is too long",
            ) from error
        done = here.run(
            *signing_options,
            "commit-tree",
            *options,
            *(["-p", parent] if parent else []),
            EMPTY_TREE,
            env=_authorship(keeper, event.at),
            stdin=message,
        )
        if done.code and not self._keys:
            raise self.remote.untaken(done.reason())
        if done.code:
            raise refused(
                "ledger-key",
                f"the event cannot be signed: {done.reason()}",
                hint="is the key's private half there, and unlocked? `ssh-add -l` shows what the agent has",
            )
        return done.out.strip()


def _authorship(keeper: str, at: int) -> dict[str, str]:
    name, _, address = keeper.partition(" <")
    fields = {"NAME": name, "EMAIL": address.rstrip(">"), "DATE": f"{at} +0000"}
    return {
        f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER") for field, value in fields.items()
    }


def _tells(message: str, ledger: str, event: Event) -> bool:
    try:
        body = read_message(message)
    except ValueError:
        return False
    return body.ledger == ledger and same(body.event, event)
