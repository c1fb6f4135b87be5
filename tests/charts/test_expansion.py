from __future__ import annotations

import pytest

from tests.charts.expansion import environment, expand

VARIABLES = {"PORT": "8080", "A": "$(PORT)"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("$(PORT)", "8080"),
        ("a$(PORT)b$(PORT)", "a8080b8080"),
        ("$(NOBODY)", "$(NOBODY)"),
        ("$$(PORT)", "$(PORT)"),
        ("$$$(PORT)", "$8080"),
        ("$$$$(PORT)", "$$(PORT)"),
        ("$PORT ${PORT}", "$PORT ${PORT}"),
        ("$(PORT", "$(PORT"),
        ("$", "$"),
        ("$$", "$"),
        ("$(A)", "$(PORT)"),
    ],
)
def test_references_are_expanded_once(text: str, seen: str) -> None:
    assert expand(text, VARIABLES) == seen


def test_variables_may_refer_to_those_before_them() -> None:
    entries = [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)$(C)"},
        {"name": "C", "value": "$$(A)"},
        {"name": "EMPTY"},
    ]
    assert environment(entries) == {"A": "1", "B": "1$(C)", "C": "$(A)", "EMPTY": ""}
