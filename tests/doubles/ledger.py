"""Ledgers, and what remembers their ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipelinekit.errors import failed, refused
from pipelinekit.model.ledger import (
    MOVED,
    UNREACHABLE,
    Anchor,
    Entry,
    Event,
    History,
    Writer,
    is_word,
    may_not_write,
    with_seen,
)
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.plan.ledger.body import same, untold


@dataclass
class Ledger:
    """Branches of entries, which count unless `may_not_write` says otherwise."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    as_writer: Writer = field(default_factory=lambda: Writer(role="embedded"))
    """Who writes from now on."""
    gated: frozenset[str] = frozenset()
    now: int = 4_000_000_000
    """The clock of whoever reads."""
    silent: bool = False
    """Whether nobody answers."""
    joined: set[str] = field(default_factory=set)
    """Branches that somebody has made unreadable."""
    expected: set[str] = field(default_factory=set)
    meddler: Callable[[Ledger], None] | None = None
    """Somebody who is quicker: called once, just before something is added."""

    def branches(self) -> tuple[str, ...]:
        self._answer()
        return tuple(sorted(self.entries))

    def history(self, branch: str) -> History:
        self._answer()
        if branch in self.joined:
            raise refused("ledger-joined", f"a commit of {branch} joins two histories", hint="put it back")
        there = tuple(self.entries.get(branch, ()))
        seen = with_seen(there, self.now)
        return History(
            entries=tuple(replace(each, seen=seen.get(each.commit)) for each in there),
            head=there[-1].commit if there else "",
        )

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        self._answer()
        if self.meddler:
            meddler, self.meddler = self.meddler, None
            meddler(self)
        if after != self.history(branch).head:
            raise refused(MOVED, f"{branch} has moved on")
        for each in events:
            assert each.branch == branch, "an event stands on its own branch"
            there = self.entries.setdefault(branch, [])
            commit = hashlib.sha1(f"{branch} {len(there)} {each}".encode()).hexdigest()  # noqa: S324
            odd = "its version is none" if each.version and not is_word(each.version) else ""
            trouble = odd or may_not_write(self.as_writer, each, self.gated)
            there.append(Entry(event=each, commit=commit, writer=self.as_writer, trouble=trouble))
        return self.history(branch)

    def writer(self) -> Writer:
        return self.as_writer

    def note(self, events: Sequence[Event]) -> str:
        known = list(enumerate(self.history(events[0].branch).entries))
        places = [max((at for at, there in known if same(there.event, x)), default=-1) for x in events]
        self.add(*untold(events, places))
        return self.history(events[0].branch).head

    def expect(self, branch: str) -> None:
        self.expected.add(branch)

    def close(self) -> None:
        self.expected.clear()

    def add(self, *events: Event) -> None:
        """Add events, each to its branch, whatever stands there."""
        for each in events:
            self.append(each.branch, [each], after=self.history(each.branch).head)

    def _answer(self) -> None:
        if self.silent:
            raise refused(UNREACHABLE, "the ledger does not answer")


@dataclass
class Anchors:
    """What each environment remembers; one that is silent does not answer."""

    held: dict[str, Anchor] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def mark(self, target: Target, anchor: Anchor) -> None:
        self._answer(target)
        self.held[target.environment.name] = anchor

    def marks(self, target: Target) -> tuple[Anchor, ...]:
        self._answer(target)
        there = self.held.get(target.environment.name)
        return (replace(there, where=f"Deployment/x in {target.environment.name}"),) if there else ()

    def _answer(self, target: Target) -> None:
        if target.environment.name in self.silent:
            raise failed("cluster-unreachable", "Connection refused")


@dataclass
class TagAnchors:
    """What is remembered beside each image."""

    held: dict[tuple[str, str, str], Anchor] = field(default_factory=dict)

    def mark(self, image: ImageRef, anchor: Anchor) -> None:
        self.held.setdefault((image.registry, image.repository, image.tag), anchor)

    def marks(self, image: ImageRef) -> tuple[Anchor, ...]:
        return tuple(
            replace(each, where=f"the tag {tag}")
            for (registry, repository, tag), each in self.held.items()
            if (registry, repository) == (image.registry, image.repository)
        )
