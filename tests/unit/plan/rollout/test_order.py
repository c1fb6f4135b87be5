from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import UsageError
from pipelinekit.model.rollout.component import Component, Prerequisite
from pipelinekit.plan.rollout.order import (
    blocked_by,
    chosen,
    critical_path,
    levels,
    needed_by,
    order_of,
    reversed_order,
)


def part(name: str, *needs: str, optional: tuple[str, ...] = ()) -> Component:
    return Component(name=name, needs=needs, optional=optional)


DIAMOND = order_of([part("d", "b", "c"), part("b", "a"), part("c", "a"), part("a"), part("e")])


def test_each_comes_after_what_it_needs_and_no_later() -> None:
    assert levels(DIAMOND) == (("a", "e"), ("b", "c"), ("d",))
    assert DIAMOND["d"] == ("b", "c")


def test_what_is_optional_counts_where_it_is_on() -> None:
    assert order_of([part("a", optional=("b", "z")), part("b")]) == {"b": (), "a": ("b",)}


def test_prerequisites_go_before_everything_else() -> None:
    net, kinds = (
        replace(part("net", "kinds"), prerequisite=Prerequisite()),
        replace(part("kinds"), prerequisite=Prerequisite()),
    )
    found = order_of([part("a"), part("b", "a", "net"), net, kinds])
    assert found == {"kinds": (), "net": ("kinds",), "a": ("kinds", "net"), "b": ("a", "net", "kinds")}


@given(st.lists(st.sets(st.integers(0, 19)), min_size=1, max_size=20))
def test_any_order_can_be_walked_one_by_one_both_ways(needs: list[set[int]]) -> None:
    order = order_of(
        part(f"p{at}", *(f"p{need}" for need in sorted(each) if need < at)) for at, each in enumerate(needs)
    )
    for walked in (order, reversed_order(order)):
        seen: set[str] = set()
        for name, before in walked.items():
            assert set(before) <= seen
            seen.add(name)
        assert len(seen) == len(needs)


def test_only_and_from() -> None:
    assert set(chosen(DIAMOND, (), ())) == {"a", "b", "c", "d", "e"}
    assert set(chosen(DIAMOND, ("b",), ())) == {"b"}
    assert set(chosen(DIAMOND, (), ("b",))) == {"b", "d"}
    assert set(chosen(DIAMOND, ("d", "c"), ("b",))) == {"d"}
    with pytest.raises(UsageError, match="no component 'x' is on"):
        chosen(DIAMOND, ("x",), ())
    with pytest.raises(UsageError) as caught:
        chosen({"postgresql": (), "minio": ()}, (), ("postgersql",))
    assert caught.value.faults[0].hint == "did you mean 'postgresql'?"


def test_the_critical_path() -> None:
    assert critical_path(DIAMOND, {"a": 1, "b": 5, "c": 2, "d": 1, "e": 6.5}) == 7


def test_all_that_comes_before() -> None:
    assert needed_by("d", DIAMOND) == ("b", "c", "a")
    assert needed_by("a", DIAMOND) == ()


def test_whom_one_waits_for_in_vain() -> None:
    assert blocked_by("d", DIAMOND, {"a": "broken"}) == ("a",)
    assert blocked_by("d", DIAMOND, {"c": "x", "b": "x"}) == ("b", "c")
    assert blocked_by("e", DIAMOND, {"a": "x"}) == ()
