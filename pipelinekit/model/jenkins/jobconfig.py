"""A job's configuration as values: what two texts of it say differently, and a digest of what it says.

Jenkins has two texts for one configuration, the posted one and its own: comparing texts would find a
hundred differences in a job that nobody touched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from pipelinekit.records import dataclass

PROPERTIES = "properties/"
"""What other parts of Jenkins keep with a job: its Jenkinsfile, plugins, administrators. Never ours."""

_ENCRYPTED = re.compile(r"\{AQAA[A-Za-z0-9+/=]+\}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One configuration. `fields` has every value that is no default, by its path below the root."""

    root: str
    """The root element, which is the job's class."""
    fields: Mapping[str, str]
    tracked: frozenset[str] = field(default_factory=frozenset)
    """Beginnings of those paths that a Declarative Jenkinsfile has written."""
    holds_credentials: bool = False
    redacted: bool = False
    """Whether the text hides a secret: it must not be posted back."""
    disabled: bool = False
    credentials: frozenset[str] = frozenset()
    """The ids of the credentials that are kept with it, as a folder's are."""
    libraries: frozenset[str] = frozenset()
    """The names of the shared libraries that are defined for what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field: its value in Jenkins and the one it should have; None is its default."""

    path: str
    live: str | None
    wanted: str | None


def differences(wanted: Config, live: Config) -> tuple[Difference, ...]:
    """The fields of `live` that are not as wanted, by path.

    What only Jenkins has among the properties is no difference, unless it can be chosen in a list of ours;
    nor is what a Jenkinsfile has written.
    """
    return tuple(_differences(wanted, live))


def _differences(wanted: Config, live: Config) -> Iterator[Difference]:
    if wanted.root != live.root:
        yield Difference(path="class", live=live.root, wanted=wanted.root)
        return
    for path in sorted(wanted.fields.keys() | live.fields.keys()):
        mine, theirs = wanted.fields.get(path), live.fields.get(path)
        if mine == theirs or (mine is None and path.startswith(PROPERTIES) and not _is_choice(path, wanted)):
            continue
        if any(path.startswith(each) for each in live.tracked) or (theirs and _ENCRYPTED.match(theirs)):
            continue
        yield Difference(path=path, live=theirs, wanted=mine)


def _is_choice(path: str, wanted: Config) -> bool:
    """Whether a value is one of a list to choose from, and the list is ours: what has gone is not offered."""
    choices, found, _ = path.rpartition("/string")
    return bool(found) and choices.endswith("/choices/a") and f"{choices}/@class" in wanted.fields


def digest_of(config: Config) -> str:
    """16 hex digits of what a configuration says, its properties left out; for a job nobody touched the
    same as of what was posted.
    """
    return digest_said(said(config))


def said(config: Config) -> str:
    """The text that a configuration's digest is of: a line a field, by path."""
    lines = [
        config.root,
        *(
            f"{path}={value!r}"
            for path, value in sorted(config.fields.items())
            if not path.startswith(PROPERTIES)
        ),
    ]
    return "\n".join(lines)


def digest_said(text: str) -> str:
    """The digest of a text of `said`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
