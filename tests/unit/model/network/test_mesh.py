"""Words of identities."""

from __future__ import annotations

import pytest

from pipelinekit.model.network.mesh import Words


@pytest.mark.parametrize(
    ("word", "fits"),
    [("a/b", True), ("a/c", False), ("*", True), ("a/*", True), ("*/b", True), ("b*", False), ("*a", False)],
)
def test_a_star_is_at_one_end(word: str, fits: bool) -> None:
    assert Words((word,)).fits("a/b") is fits
    assert Words((), (word,)).fits("a/b") is not fits


def test_nobody_is_none_of_the_wanted_and_none_of_the_refused() -> None:
    assert Words().fits("")
    assert not Words(("*",)).fits("")
    assert Words((), ("*",)).fits("")
