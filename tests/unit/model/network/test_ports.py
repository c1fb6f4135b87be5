"""Sets of ports behave like sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.network.ports import ALL, NONE, Ports

SPANS = st.lists(
    st.tuples(st.sampled_from(["TCP", "UDP"]), st.integers(1, 12), st.integers(1, 12)), max_size=6
)


def members(ports: Ports) -> set[tuple[str, int]]:
    return {(protocol, each) for protocol, low, high in ports.spans for each in range(low, high + 1)}


def of(spans: list[tuple[str, int, int]]) -> tuple[Ports, set[tuple[str, int]]]:
    return Ports.of(*spans), {(one, each) for one, low, high in spans for each in range(low, high + 1)}


@given(SPANS, SPANS)
def test_they_are_united_cut_and_taken_away_like_sets(
    one: list[tuple[str, int, int]], two: list[tuple[str, int, int]]
) -> None:
    (a, a_set), (b, b_set) = of(one), of(two)
    assert members(a) == a_set
    assert members(a | b) == a_set | b_set
    assert members(a & b) == a_set & b_set
    assert members(a - b) == a_set - b_set
    assert (a == b) == (a_set == b_set)


def test_all_and_none() -> None:
    some = Ports.one(80)
    assert (some & ALL, ALL & some, some - ALL, ALL - NONE, Ports.union([])) == (some, some, NONE, ALL, NONE)
    assert (bool(NONE), bool(some)) == (False, True)


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (NONE, "none"),
        (ALL, "all ports"),
        (Ports.of(("TCP", 1, 65535)), "all TCP"),
        (Ports.of(("TCP", 80, 90), ("UDP", 53, 53)), "80-90, 53/UDP"),
    ],
)
def test_as_people_read_them(ports: Ports, text: str) -> None:
    assert str(ports) == text
