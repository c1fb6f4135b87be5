from __future__ import annotations

import importlib
from typing import Any

import pytest

from pipelinekit.plan.detect.needs import lasting, wants, written
from pipelinekit.plan.detect.node import ports
from pipelinekit.plan.detect.php import extensions
from pipelinekit.plan.detect.sought import Sought

PARSER = importlib.import_module("re._parser")
ALL = [
    *(sought for _, _, sought in (*written._WRITES, *wants._READS)),
    *(ports._ANSWERS, ports._EVERYWHERE, lasting._KEEPS),
    *(sought for _, sought in extensions._CALLS),
]
GAP = "\0"


def spelled(parsed: Any) -> set[str]:
    """Everything that a pattern matches, with a gap for what it leaves open."""
    found = {""}
    for kind, said in parsed:
        found = {before + after for before in found for after in piece(str(kind), said)}
    return found


def piece(kind: str, said: Any) -> set[str]:
    if kind == "LITERAL":
        return {chr(said)}
    if kind == "SUBPATTERN":
        return spelled(said[-1])
    if kind == "BRANCH":
        return {each for branch in said[1] for each in spelled(branch)}
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, what = said
        several = spelled(what) if most == 1 else {each + GAP for each in spelled(what)} if least else {GAP}
        return several if least else {"", *several}
    return {""} if kind in {"AT", "ASSERT", "ASSERT_NOT"} else {GAP}


@pytest.mark.parametrize(
    ("word", "pattern", "ignorecase"),
    [(*each, sought.ignorecase) for sought in ALL for each in sought.alternatives],
)
def test_whatever_an_alternative_matches_has_its_word(word: str, pattern: str, ignorecase: bool) -> None:
    for each in spelled(PARSER.parse(pattern)):
        assert word in (each.casefold() if ignorecase else each)


def test_every_match_is_found_in_the_order_of_the_text() -> None:
    sought = Sought(("b(", r"\bb\(\d\)"), ("a", r"a\d"))
    assert [each[0] for each in sought.finditer("a1 b(2) xb(3) b(4) a5")] == ["a1", "b(2)", "b(4)", "a5"]
    first = sought.search("b(2) a1")
    assert first is not None
    assert first[0] == "b(2)"


def test_anything_is_in_a_text_that_one_alternative_matches() -> None:
    sought = Sought(("for", r"\bfor\s*\{"), ("loop", r"\bloop\b"), ignorecase=True)
    assert sought.is_in("a loophole; For {")
    assert sought.is_in("LOOP")
    assert not sought.is_in("for a loophole")


def test_a_text_without_a_word_is_not_looked_at() -> None:
    sought = Sought(("sqlite", "'sqlite:"), ("sqlite3", "sqlite3"))
    assert not sought.may_be_in("SQLITE")
    assert sought.search("SQLITE") is None
    assert list(sought.finditer("SQLITE")) == []


def test_words_of_any_case_are_found_where_the_pattern_takes_them() -> None:
    sought = Sought(("mkdir", r"\bmkdir\("), ignorecase=True)
    assert [each[0] for each in sought.finditer("MkDir( mkdir(")] == ["MkDir(", "mkdir("]
