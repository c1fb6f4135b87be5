"""Files that stay somebody's own: what belongs to them, and whether they are there at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.generators import GENERATORS
from pipelinekit.merge import Change, Outcome, is_yours
from pipelinekit.steps.generate import remember

if TYPE_CHECKING:
    from pipelinekit.cli.wiring.line import Line

DOCKERFILE = "Dockerfile"


def beside(here: Line, taken: AbstractSet[str]) -> set[str]:
    """What belongs to a Dockerfile of ours and is missing, since another one was kept: it comes along."""
    lock = remember(here.workspace).lock if DOCKERFILE in taken else None
    if lock is None:
        return set()
    paths = {each.path for each in GENERATORS["dockerfile"].plan(here.app, here.site)}
    yours = frozenset(lock.yours)
    return {path for path in paths if is_yours(path, yours) and not os.path.lexists(here.root / path)}


def without_dockerfile(root: Path, paths: Iterable[str]) -> list[str]:
    """The files beside a Dockerfile that are there, where it is not: without one nothing could be built.

    All of them where it is there, or nothing is.
    """
    there = [each for each in paths if os.path.lexists(root / each)]
    return list(paths) if DOCKERFILE in there or not there else there


def worth_telling(changes: Iterable[Change], root: Path) -> list[Change]:
    """Without those that are kept as somebody's own and are not there."""
    return [
        each for each in changes if each.outcome is not Outcome.YOURS or os.path.lexists(root / each.path)
    ]
