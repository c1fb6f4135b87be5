"""What the files of a repository say of the application in their own words."""

from __future__ import annotations

import posixpath
from typing import Literal

from pipelinekit.records import dataclass

What = Literal[
    "command",
    "before",
    "port",
    "health",
    "variable",
    "volume",
    "version",
    "test",
    "worker",
    "dockerfile",
    "target",
    "service",
    "note",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One value, and where it is said."""

    what: What
    """`command` is the shell line of a process, `before` one that runs before each rollout, `test` one that a
    CI runs, `variable` the name of one that is given, `worker` a process that is said to serve nothing,
    `version` a language's, `dockerfile` the path of one that is built, `target` its stage, `service` what CI
    runs beside its tests, `note` a
    sentence."""
    value: str
    place: str
    """A file, and the line in it: `Procfile:1`."""
    name: str = ""
    """Of the process, of the language; the value of a variable where that may be known."""
    weak: bool = False
    """Whether it is said for workplaces, and of the application itself only perhaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The program that words are read for: several may share the files that speak of them."""

    names: tuple[str, ...] = ()
    """What it is called: as an application, by its folder, by its package. Empty where nobody said."""
    folder: str = "."
    """Its own, from where the files are."""
    alone: bool = True
    """Whether it is the only program of what is looked at."""

    @property
    def dockerfile(self) -> str:
        """The path of the one that is built for it."""
        return posixpath.normpath(posixpath.join(self.folder, "Dockerfile"))


WHOLE = Whom()
"""What stands at the top, whatever it is called."""
