"""Which of the services that a file names is the program that it is read for: beyond doubt, or none."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from pipelinekit import names
from pipelinekit.model.repository.words import Whom
from pipelinekit.records import dataclass

_USUAL = ("web", "app")
"""How the program itself is called among what runs beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A service that is built from this repository. Paths are from its top."""

    name: str
    context: str
    dockerfile: str
    target: str = ""
    serves: bool = False
    """Whether it has a port."""
    lasts: bool = True
    """Whether something keeps it running: what a clock starts is no application."""


def chosen(made: Sequence[Candidate], whom: Whom, *, own: bool) -> tuple[list[Candidate], Candidate | None]:
    """All that are built as the program is, and the one that it is; None where nothing says which.

    `own` is whether its folder has a Dockerfile: that is nobody else's.
    """
    by_file = [each for each in made if own and each.dockerfile == whom.dockerfile]
    here = [each for each in made if each.context == whom.folder]
    if not whom.alone and not by_file and not here:
        here = [each for each in made if whom.names and is_called(each.name, whom)]
    pool = [*by_file, *(each for each in here if each not in by_file)]
    return pool, _one(pool, by_file, whom)


def _one(pool: Sequence[Candidate], by_file: Sequence[Candidate], whom: Whom) -> Candidate | None:
    named = [each for each in pool if is_called(each.name, whom)]
    if len(named) == 1:
        return named[0]
    pool = [each for each in pool if each.lasts] or pool
    for some in (pool, by_file, [each for each in by_file or pool if each.serves]):
        if len(some) == 1:
            return some[0]
    serving = [each for each in by_file or pool if each.serves] or by_file or pool
    usual = [each for each in serving if each.name in _USUAL]
    return usual[0] if len(usual) == 1 else None


def is_called(name: str, whom: Whom) -> bool:
    """Whether a service of this name is meant."""
    return name in whom.names or names.label_from(posixpath.basename(name), 40) in whom.names
