"""What the benchmarks take for the time of a work that waits for a node's ticks."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pytest

from tests.benchmarks.measure import Sample, interleaved, middle, out_of_step

RUNS = 8


class Node:
    """Its clock; what is deployed is found ready just after the next whole second."""

    def __init__(self) -> None:
        self.now = 0.3

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def deploy(self, seconds: float) -> None:
        """So much work, and the wait for the tick."""
        self.now = math.ceil(self.now + seconds) + 0.05


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Node:
    node = Node()
    monkeypatch.setattr("tests.benchmarks.measure.time.perf_counter", lambda: node.now)
    return node


def _works(node: Node, *seconds: float) -> dict[str, Callable[[], object]]:
    return {str(each): partial(node.deploy, each) for each in seconds}


def _apart(samples: dict[str, list[Sample]]) -> float:
    theirs, mine = (middle(each, "wall") for each in samples.values())
    return mine - theirs


@pytest.mark.parametrize("more", [0.1, 0.3, 0.6, 0.9, 1.4])
@pytest.mark.parametrize("bare", [1.1, 1.5, 1.9])
def test_the_ticks_of_a_node_are_in_no_difference_between_two_works(
    node: Node, bare: float, more: float
) -> None:
    samples = out_of_step(_works(node, bare, bare + more), RUNS, node.sleep)
    assert _apart(samples) == pytest.approx(more, abs=1 / RUNS + 0.001)
    assert [len(each) for each in samples.values()] == [RUNS] * len(samples)


def test_begun_right_after_one_another_they_differ_by_whole_seconds(node: Node) -> None:
    """Why there is another way to measure them."""
    assert _apart(interleaved(_works(node, 1.5, 1.8), RUNS)) == pytest.approx(0.0)
    assert _apart(interleaved(_works(node, 1.9, 2.2), RUNS)) == pytest.approx(1.0)


def test_what_is_done_for_the_first_time_is_not_counted(node: Node) -> None:
    done: list[str] = []
    samples = out_of_step({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 2, node.sleep)
    assert done == ["a", "b", "a", "b", "a", "b"]
    assert {name: len(each) for name, each in samples.items()} == {"a": 2, "b": 2}
