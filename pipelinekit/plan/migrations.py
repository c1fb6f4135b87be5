"""Template versions, and what has to move when one comes after another: files and keys, with their edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from pipelinekit.records import dataclass

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step to a template version.

    In paths `{name}` is the application's name. A key is moved in the generated text and in the user's alike,
    so that a value they have set is still theirs under its new name.
    """

    to: int
    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Old path to new path."""
    keys: tuple[tuple[str, Key, Key], ...] = ()
    """Path of a YAML file (by its new name), old key, new key."""


MIGRATIONS: tuple[Migration, ...] = ()
"""All of them, in their order. The templates have had one version so far."""

TEMPLATES = max((each.to for each in MIGRATIONS), default=1)
"""The version of the templates."""


def due(since: int, migrations: Iterable[Migration] = MIGRATIONS) -> tuple[Migration, ...]:
    """The migrations between the version that generated last and this one's."""
    return tuple(each for each in migrations if each.to > since)


def moves(steps: Iterable[Migration], name: str) -> dict[str, str]:
    """Each old path's newest one, over all steps."""
    found: dict[str, str] = {}
    for step in steps:
        renamed = {old.format(name=name): new.format(name=name) for old, new in step.files.items()}
        found = {old: renamed.get(new, new) for old, new in found.items()}
        found |= {old: new for old, new in renamed.items() if old not in found.values() or old not in found}
    return {old: new for old, new in found.items() if old != new}
