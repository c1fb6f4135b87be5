"""What a stranger's file is looked through with takes no longer than the file is long."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipelinekit

TOP = Path(pipelinekit.__file__).parent
LOOKING = ("plan/detect", "reading/repository", "reading/docker")
_LINES = re.compile(r"\^\\s[*+]")
"""A line's begin and any space: of a file of empty lines, the rest is tried again from each of them."""

_TWICE = re.compile(r"\[ \\t\][*+]\.\*\)[*+{]")
"""Space and then anything, of many lines: each space of each line is either one."""


def _texts(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((TOP / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(TOP)}:{node.lineno}", node.value


@pytest.mark.parametrize("folder", LOOKING)
def test_the_space_before_a_word_ends_with_its_line(folder: str) -> None:
    assert [place for place, text in _texts(folder) if _LINES.search(text)] == []


@pytest.mark.parametrize("folder", LOOKING)
def test_what_many_lines_begin_with_is_one_thing(folder: str) -> None:
    assert [place for place, text in _texts(folder) if _TWICE.search(text)] == []
