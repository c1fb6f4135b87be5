"""Patterns over paths: what is refused, and that nothing is tried twice."""

from __future__ import annotations

import pytest

from pipelinekit.reading.docker.globs import Glob


@pytest.mark.parametrize("pattern", ["[*]", "[?]", "a*^b", "*\\d", "[[:alpha:]]", "[a", "a*\\"])
def test_what_docker_reads_as_something_else_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"Docker takes|bracket|backslash"):
        Glob(pattern)


def test_an_automaton_forgets_what_a_long_path_has_made_of_it() -> None:
    glob = Glob("*a" * 12 + "*[^x]b?")
    assert not glob.matches("a" * 4000)
    assert glob.matches("a" * 4000 + "cbd")
    assert not glob.matches("a/" * 2000 + "cbd")
