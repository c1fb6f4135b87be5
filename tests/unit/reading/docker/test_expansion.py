"""Words of a Dockerfile, expanded as BuildKit does."""

from __future__ import annotations

import json

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.docker.expansion import LONGEST, expand
from tests import expansions

VALUES = {"V": "1.2.3", "EMPTY": "", "P": "a/b/c"}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("$V", "1.2.3"),
        ("${V}x", "1.2.3x"),
        ("$NONE", ""),
        ("a\\$V", "a$V"),
        ("'$V'", "$V"),
        ('"$V"', "1.2.3"),
        ('"\\$V\\a"', "$V\\a"),
        ("${NONE:-'a'\"b\"}", "ab"),
        ("${NONE:-${V%.*}}", "1.2"),
        ("${V%.*}", "1.2"),
        ("${V%%.*}", "1"),
        ("${V#*.}", "2.3"),
        ("${V##*.}", "3"),
        ("${V%x}", "1.2.3"),
        ("${V/./-}", "1-2.3"),
        ("${V//./-}", "1-2-3"),
        ("${EMPTY-a}${EMPTY:-b}", "b"),
        ("${EMPTY+a}${EMPTY:+b}", "a"),
        ("${V:?none}", "1.2.3"),
        ("$", "$"),
        ("${V", "${V"),
        ('"a', '"a'),
        ("${}", "${}"),
    ],
)
def test_a_word(word: str, value: str) -> None:
    assert expand(word, VALUES) == value


def test_an_escape_of_another_kind() -> None:
    assert expand("`$V\\x`", VALUES, "`") == "$V\\x"


def test_what_grows_is_a_fault() -> None:
    for word, value in (("$V$V", "x" * LONGEST), ("${V//x/yy}", "x" * 4000), ("${V%*x*x*x*xy}", "x" * 4000)):
        with pytest.raises(DocumentInvalid):
            expand(word, {"V": value})


def test_a_sample_of_words_is_expanded_as_buildkit_does() -> None:
    answers = json.loads(expansions.ANSWERS.read_text())
    assert len(answers) > 1_000
    assert {word: expand(word, expansions.VALUES) for word in answers} == answers
