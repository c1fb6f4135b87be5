"""Which stage of a kept Dockerfile is the image: what compose files, hosts and CI build of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words.kinds import of
from pipelinekit.records import dataclass

_WORKPLACE = re.compile(
    r"(?:^|[-_.])(?:dev|development|debug|local|test|tests|testing|lint|check|e2e|ci|build|builder|deps"
    r"|devcontainer)(?:$|[-_.])",
    re.IGNORECASE,
)
"""Stages in which people work, programs are built, and tests run."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
"""What docker lets a stage be called: such a name may stand in a command that people copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The stage that is the image: `name` is empty for the last one; where it is `open`, one of those."""

    name: str = ""
    why: str = ""
    open: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def final(words: Sequence[Word], known: Sequence[str], named: str = "") -> Final:
    """What is said of a Dockerfile's stages, `known` being their names in order; `named` decides."""
    last = known[-1] if known else ""
    spelled = {each.lower(): each for each in known if _NAME.fullmatch(each)}
    if named:
        return Final(
            name=spelled.get(named.lower(), named), why=f"--target {named}: named on the command line"
        )
    said = [each for each in of(words, "target") if not each.weak and not _WORKPLACE.search(each.value)]
    here = [each for each in said if each.value.lower() in spelled]
    doubts = tuple(
        f"{each.place} builds the stage {each.value}, which the Dockerfile does not have"
        for each in said
        if each not in here
    )
    by_stage = {spelled[each.value.lower()]: each for each in reversed(here)}
    stages = tuple(each for each in known if each in by_stage)
    if len(stages) > 1:
        places = ", ".join(f"{each} ({by_stage[each].place})" for each in stages)
        return Final(open=stages, doubts=(f"several stages are built as the image: {places}", *doubts))
    if stages and stages[0] != last:
        place = by_stage[stages[0]].place
        return Final(
            name=stages[0],
            why=f"{place}: builds the stage {stages[0]}, so that one is the image",
            doubts=doubts,
        )
    if not stages and len(known) > 1 and _WORKPLACE.search(last):
        others = " ".join(
            each for each in known[:-1] if _NAME.fullmatch(each) and not _WORKPLACE.search(each)
        )
        last_one = f"Dockerfile: its last stage is called {last}, and nothing says which one is the image"
        doubts = (f"{last_one}: build.target, perhaps {others}" if others else last_one, *doubts)
    return Final(doubts=doubts)


def staged(found: Detected, stage: Final) -> Detected:
    """The same with the stage of the Dockerfile that is kept."""
    if not found.keeps_dockerfile:
        return found
    found = replace(found, target=stage.name, stages=stage.open).doubting(*stage.doubts)
    return found.because(stage.why) if stage.why else found
