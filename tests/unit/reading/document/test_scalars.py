from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipelinekit.reading.document.scalars import TAG, ambiguous, is_word, plain


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("", None, "null"),
        ("~", None, "null"),
        ("True", True, "bool"),
        ("false", False, "bool"),
        ("-12", -12, "int"),
        ("1" * 20, "1" * 20, "int"),
        ("1.5e3", 1500.0, "float"),
        (".5", 0.5, "float"),
        ("yes", "yes", "str"),
        ("main", "main", "str"),
    ],
)
def test_the_core_schema(text: str, value: Any, kind: str) -> None:
    assert plain(text) == (value, kind)


@pytest.mark.parametrize(
    ("text", "kind", "other", "why"),
    [
        ("0123", "str", "int", "in another base"),
        ("no", "str", "bool", "a boolean to some"),
        ("12:30", "str", "int", "a number to some"),
        ("2026-11-30", "str", "timestamp", "a date to some"),
        ("1e3", "float", "str", "a number to some"),
        ("main", "str", "str", ""),
        ("12", "int", "int", ""),
    ],
)
def test_what_readers_differ_on(text: str, kind: str, other: str, why: str) -> None:
    said, hint = ambiguous(text, kind, f"{TAG}{other}")
    assert why in said
    assert bool(said) is bool(why) is bool(hint)


# What YAML 1.1 takes for something else than text: a text at random is hardly ever one of these.
IMPLICIT = {form for rows in yaml.SafeLoader.yaml_implicit_resolvers.values() for _, form in rows}
NO_TEXT = st.one_of([st.from_regex(each).map(str.strip) for each in sorted(IMPLICIT, key=str)])


@given(NO_TEXT | st.text(min_size=1, max_size=12))
@example("FALSE")
@example("123456")
@example("2026-11-30")
def test_a_word_is_text_to_every_reader(text: str) -> None:
    if is_word(text):
        tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        assert (plain(text), ambiguous(text, "str", tag)) == ((text, "str"), ("", ""))
