"""What has to be there: image and chart, their signatures, a change's number, a way back, good figures."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates.case import Case, closed, opened
from pipelinekit.plan.versions.version import is_final


def judge(case: Case) -> Iterator[Verdict]:
    """Artefacts and signatures, which no emergency goes past; what else the environment asks for."""
    if not is_final(case.release.version):
        yield closed("version", f"{case.release.version} is a pre-release", hard=True)
    for each in case.found.missing:
        yield closed("artefacts", each, hard=True)
    if not case.found.missing:
        yield opened("artefacts", "image and chart are where the ledger says", hard=True)
    for each in case.found.unsigned:
        yield closed("signed", each, hard=True)
    if case.environment.change:
        yield _change(case.environment.change, case.request.change)
    if case.environment.back:
        for each in case.found.no_way_back:
            yield closed("back", f"no way back: {each}")
        if not case.found.no_way_back:
            yield opened("back", "what runs there, if anything does, can be put back")
    for one in case.found.watched:
        # No data is no good news: it waits, and nothing is undone for it.
        yield (opened if one.good else closed)("figures", f"{one.name}: {one.reason}")


def _change(pattern: str, given: str) -> Verdict:
    if not given:
        return closed("change", f"a change's number like {pattern} is asked for: --change")
    if not matches(pattern, given):
        return closed("change", f"{given} is no number like {pattern}")
    return opened("change", given)


def matches(pattern: str, text: str) -> bool:
    """Whether a number looks like its pattern: # is a digit, * any run of letters, digits, - and _."""
    # Which places of the pattern can have been reached: nothing is tried twice, whatever the text.
    places = _closure({0}, pattern)
    for each in text:
        after = set()
        for place in places:
            if place == len(pattern):
                continue
            wanted = pattern[place]
            if wanted == "*" and each.isascii() and (each.isalnum() or each in "-_"):
                after.add(place)
            elif (wanted == "#" and each.isascii() and each.isdigit()) or (
                wanted == each and each not in "#*"
            ):
                after.add(place + 1)
        places = _closure(after, pattern)
    return len(pattern) in places


def _closure(places: set[int], pattern: str) -> set[int]:
    found = set(places)
    for place in range(len(pattern)):
        if place in found and pattern[place] == "*":
            found.add(place + 1)
    return found
