from __future__ import annotations

import pytest
import yaml

from pipelinekit.errors import Place
from pipelinekit.reading.document.growth import LOADER
from pipelinekit.reading.document.syntax import place_at, syntax_fault


@pytest.mark.parametrize(
    ("before", "line", "column"), [("", 1, 1), ("ab", 1, 3), ("a\r\nb", 2, 2), ("a\n\r\u2028", 4, 1)]
)
def test_a_place_is_where_readers_of_yaml_see_it(before: str, line: int, column: int) -> None:
    assert place_at(before, "f") == Place("f", line, column)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("a: [b\n", "yaml-syntax", "brace, bracket and quote"),
        ("a:\n\tb: c\n", "yaml-syntax", "spaces"),
        ("a: b: c\n", "yaml-syntax", "needs quotes"),
        ("a: 1\n---\nb: 2\n", "yaml-syntax", "one document a file"),
        ("<<<<<<< a\nb: 1\n=======\nb: 2\n>>>>>>> c\n", "conflict-markers", "keep one side"),
        ("a: @b\n", "yaml-syntax", "@, ` or % needs quotes"),
    ],
)
def test_a_complaint_has_a_next_step(text: str, code: str, hint: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.compose(text, Loader=LOADER)
    fault = syntax_fault(caught.value, text, "f")
    assert (fault.code, hint in fault.hint) == (code, True)


@pytest.mark.parametrize(
    ("text", "problem", "line", "column"),
    [
        ("a:\n\tb: c\n", "a tab begins here", 2, 1),
        ("a: 1\n<<<<<<< a\nb: 1\n=======\nb: 2\n>>>>>>> c\n", "conflict markers", 2, 1),
    ],
)
def test_a_complaint_is_of_the_place_where_it_begins(text: str, problem: str, line: int, column: int) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.compose(text, Loader=LOADER)
    fault = syntax_fault(caught.value, text, "f")
    assert problem in fault.problem
    assert fault.place == Place("f", line, column)
