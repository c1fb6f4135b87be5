"""Moments as text, held against the library that the core does without."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.moment import moment, seconds_of, spoken

LAST = 253_402_300_799
"""The last second of the year 9999."""


@given(st.integers(0, LAST))
def test_a_moment_is_what_the_calendar_says(seconds: int) -> None:
    expected = dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert moment(seconds) == expected.rjust(20, "0")
    assert seconds_of(moment(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T12:00:00.123456789Z", 1_709_208_000),
        ("2024-02-29T13:00:00+01:00", 1_709_208_000),
        ("2024-02-29T06:30:00-05:30", 1_709_208_000),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_text(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_061, "1 d 1 h")]
)
def test_durations(seconds: int, text: str) -> None:
    assert spoken(seconds) == text
