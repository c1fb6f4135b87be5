"""Three-way generation: what was generated last, what is on disk, what is generated now.

An edit is never lost: a file that someone changed is replaced only by its merge, a file that someone
wrote before us is left alone until they decide, a file that someone deleted stays deleted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from pipelinekit.merge.structured import merge_text
from pipelinekit.model.tree import File, Tree
from pipelinekit.ports import TextMerge
from pipelinekit.records import dataclass


class Outcome(StrEnum):
    """What happens to one file."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    CONFLICT = "conflict"
    """Both sides changed the same lines: the markers are in the file."""
    IN_THE_WAY = "in the way"
    """A file that we did not write has the name of one that we would."""
    MOVE = "move"
    """Its template has another name now; your edits move along."""
    REMOVE = "remove"
    IDENTICAL = "identical"
    EDITED = "edited"
    """Your edit, and nothing new to merge into it."""
    DELETED = "deleted"
    """You deleted it; it stays deleted."""
    YOURS = "yours"
    """Kept for good by your word."""
    LEFT = "left"
    """No longer generated, but you edited it."""


_OPENS, _DIVIDES, _CLOSES = (re.compile(each) for each in ("<{7} ", "={7}\\s*$", ">{7} "))
"""The lines around a conflict, as `git merge-file` writes them."""

WRITES = frozenset(
    {Outcome.CREATE, Outcome.UPDATE, Outcome.MERGE, Outcome.CONFLICT, Outcome.MOVE, Outcome.REMOVE}
)
UNSETTLED = frozenset({Outcome.CONFLICT, Outcome.IN_THE_WAY})


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the file at `path`; `before` is the text on disk, `after` what will be there."""

    path: str
    outcome: Outcome
    before: str | None
    after: File | None

    @property
    def touches(self) -> bool:
        """Whether the file on disk will be another one, or gone."""
        return self.outcome in WRITES and (self.after is None or self.after.text != self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What the user has said about single paths."""

    yours: frozenset[str] = frozenset()
    """Never generated again; an entry that ends in `/` stands for everything below it."""
    take_new: frozenset[str] = frozenset()
    take_theirs: frozenset[str] = frozenset()
    restore: frozenset[str] = frozenset()
    """Deleted files to bring back."""


def three_way(
    base: Tree, disk: Mapping[str, str], new: Tree, decisions: Decisions, text: TextMerge
) -> tuple[Change, ...]:
    """One change for each path of `base` or `new`, sorted by path.

    `disk` has the texts of those paths that exist; it may be shorter, never longer, than the two trees.
    """
    paths = sorted(base.keys() | new.keys())
    return tuple(
        _change(path, base.get(path), disk.get(path), new.get(path), decisions, text) for path in paths
    )


def is_yours(path: str, yours: frozenset[str]) -> bool:
    """Whether the user keeps this path for good."""
    return path in yours or any(each.endswith("/") and path.startswith(each) for each in yours)


def has_markers(text: str) -> bool:
    """Whether a conflict's markers stand in `text`."""
    wanted = [_OPENS, _DIVIDES, _CLOSES]
    for line in text.split("\n"):
        if wanted[0].match(line):
            wanted.pop(0)
        if not wanted:
            return True
    return False


def their_side(text: str) -> str:
    """`text` with their side alone where a conflict's markers stand; unchanged where one has no end."""
    kept: list[str] = []
    side = ""
    for line in text.splitlines(keepends=True):
        if not side and _OPENS.match(line):
            side = "theirs"
        elif side == "theirs" and _DIVIDES.match(line):
            side = "ours"
        elif side == "ours" and _CLOSES.match(line):
            side = ""
        elif side != "ours":
            kept.append(line)
    return text if side else "".join(kept)


def _change(
    path: str, base: File | None, theirs: str | None, new: File | None, said: Decisions, text: TextMerge
) -> Change:
    if is_yours(path, said.yours) and path not in said.take_new:
        return Change(path, Outcome.YOURS, theirs, None)
    if new is None:
        return _orphan(path, base, theirs)
    if theirs is None:
        gone = base is not None and path not in said.restore | said.take_new
        return Change(path, Outcome.DELETED if gone else Outcome.CREATE, None, None if gone else new)
    if theirs == new.text:
        return Change(path, Outcome.IDENTICAL, theirs, new)
    if path in said.take_new or (base is not None and theirs == base.text):
        return Change(path, Outcome.UPDATE, theirs, new)
    if path in said.take_theirs:
        return _theirs(path, theirs, new)
    if base is None:
        return Change(path, Outcome.IN_THE_WAY, theirs, None)
    if has_markers(theirs):
        return Change(path, Outcome.CONFLICT, theirs, File(theirs, new.executable))
    if base.text == new.text:
        return Change(path, Outcome.EDITED, theirs, File(theirs, new.executable))
    merged, clean = merge_text(path, base.text, theirs, new.text, text)
    outcome = Outcome.CONFLICT if not clean else Outcome.MERGE if merged != theirs else Outcome.EDITED
    return Change(path, outcome, theirs, File(merged, new.executable))


def _theirs(path: str, theirs: str, new: File) -> Change:
    """What is on disk, without the markers that an earlier generation has left there."""
    mine = their_side(theirs)
    outcome = Outcome.EDITED if mine == theirs else Outcome.MERGE
    outcome = Outcome.CONFLICT if has_markers(mine) else outcome
    return Change(path, outcome, theirs, File(mine, new.executable))


def _orphan(path: str, base: File | None, theirs: str | None) -> Change:
    if theirs is None or base is None:
        return Change(path, Outcome.DELETED, theirs, None)
    if theirs == base.text:
        return Change(path, Outcome.REMOVE, theirs, None)
    return Change(path, Outcome.LEFT, theirs, File(theirs))


def next_base(changes: tuple[Change, ...], base: Tree, new: Tree) -> Tree:
    """What counts as generated last once `changes` are on disk; `base` is what counted before."""
    forgotten = {Outcome.IN_THE_WAY, Outcome.YOURS}
    return {
        # Where an earlier generation's markers stand, nothing of this one has reached the file.
        change.path: new[change.path]
        if change.touches or change.outcome is not Outcome.CONFLICT
        else base[change.path]
        for change in changes
        if change.path in new and change.outcome not in forgotten
    }
