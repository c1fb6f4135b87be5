"""Bring a folder from older templates to the newest before anything is compared: files move, keys move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelinekit.errors import DocumentInvalid
from pipelinekit.merge import Change, Outcome
from pipelinekit.merge.keys import move_key
from pipelinekit.model.tree import File, Tree
from pipelinekit.plan.migrations import Migration, moves
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was generated last and what is on disk, as if the newest templates had made it.

    `moved` has the old path of each file that is on disk and has to move, by its new one; `disk` the real
    texts, by their real paths.
    """

    base: Tree
    theirs: Mapping[str, str]
    moved: Mapping[str, str]
    disk: Mapping[str, str]


def migrate(base: Tree, disk: Mapping[str, str], steps: tuple[Migration, ...], name: str) -> Migrated:
    """Apply the steps to both sides. A user's file that cannot be read as YAML keeps its keys."""
    renamed = moves(steps, name)
    moved = {new: old for old, new in renamed.items() if old in disk and new not in disk}
    new_base = {renamed.get(path, path): file for path, file in base.items()}
    theirs = {path: text for path, text in disk.items() if path not in renamed}
    theirs |= {new: disk[old] for new, old in moved.items()}
    for step in steps:
        for path, old, new in step.keys:
            at = path.format(name=name)
            if at in new_base:
                new_base[at] = File(_moved_key(new_base[at].text, old, new), new_base[at].executable)
            if at in theirs:
                theirs[at] = _moved_key(theirs[at], old, new)
    return Migrated(base=new_base, theirs=theirs, moved=moved, disk=disk)


def _moved_key(text: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    try:
        return move_key(text, old, new)
    except DocumentInvalid:
        return text


def settle(changes: tuple[Change, ...], migrated: Migrated) -> tuple[Change, ...]:
    """The changes as they are against the real disk, once its files have moved."""
    return tuple(_settled(each, migrated) for each in changes)


def _settled(change: Change, migrated: Migrated) -> Change:
    real = migrated.disk.get(migrated.moved.get(change.path, change.path))
    if change.path in migrated.moved and change.outcome in {Outcome.IDENTICAL, Outcome.EDITED}:
        return replace(change, outcome=Outcome.MOVE, before=real)
    if change.before == real or change.after is None:
        return change
    quiet = change.outcome in {Outcome.IDENTICAL, Outcome.EDITED}
    return replace(change, outcome=Outcome.MERGE if quiet else change.outcome, before=real)
