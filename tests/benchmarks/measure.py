"""Interleaved measurements, and the table they end in."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], object]

TICK = 1.0
"""Seconds between two looks of a kubelet at its containers. A pod with a startup probe gets ready just after
one of them: the one that sees the container run lets the probe count, and the next one lets the pod be told
that it has passed."""


@dataclass(frozen=True)
class Sample:
    """Seconds of one run: on the clock, and of user CPU in this process' children and in itself."""

    wall: float
    user: float


@dataclass(frozen=True)
class Row:
    """One line of the table: `ratio` is mine over theirs, `bound` what it must not pass."""

    benchmark: str
    subject: str
    other: str
    figure: str
    mine: float
    theirs: float
    bound: float

    @property
    def ratio(self) -> float:
        return self.mine / self.theirs

    @property
    def reached(self) -> bool:
        return self.ratio <= self.bound


def interleaved(works: Mapping[str, Work], runs: int) -> dict[str, list[Sample]]:
    """Run each work `runs` times, in turns, so that a busy moment of the machine hits all alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            samples[name].append(once(work))
    return samples


def prepared(works: Mapping[str, tuple[Work, Work]], runs: int) -> dict[str, list[Sample]]:
    """`interleaved` for works that need a fresh start each time: the first of a pair is not measured."""
    samples: dict[str, list[Sample]] = {name: [] for name in works}
    for _ in range(runs):
        for name, (prepare, work) in works.items():
            prepare()
            samples[name].append(once(work))
    return samples


def out_of_step(
    works: Mapping[str, Work], runs: int, sleep: Callable[[float], object] = time.sleep
) -> dict[str, list[Sample]]:
    """`interleaved` for works that end when a pod is ready: in each run they begin at another part of a tick.

    Such a work ends just after a tick of the node. Begun at once, the next begins with that tick, and takes
    whole seconds: a tenth of a second more of work is nothing, or a second. Over all parts each work waits
    for ticks equally long. Each is done once before, for the bases that it pulls and the namespaces that it
    makes.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in works}
    for work in works.values():
        work()
    for number in range(runs):
        for name, work in works.items():
            sleep(TICK * number / runs)
            samples[name].append(once(work))
    return samples


def once(work: Work) -> Sample:
    """One run of a work."""
    before, began = _user(), time.perf_counter()
    work()
    return Sample(time.perf_counter() - began, _user() - before)


def least(samples: Sequence[Sample], figure: str) -> float:
    """The smallest value: what the work costs when nothing disturbs it."""
    return min(_values(samples, figure))


def middle(samples: Sequence[Sample], figure: str) -> float:
    """The median."""
    return statistics.median(_values(samples, figure))


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, with the machine's load above it."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = [
        f"Load {load} on {os.cpu_count()} cores.",
        "",
        "| # | subject | against | figure | ours | theirs | ratio | bound | |",
        "|---|---|---|---|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        verdict = "reached" if row.reached else "**missed**"
        words = (row.benchmark, row.subject, row.other, row.figure)
        numbers = (_number(row.mine), _number(row.theirs), f"{row.ratio:.2f}", f"{row.bound:.2f}")
        lines.append(f"| {' | '.join((*words, *numbers, verdict))} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    """Seconds, or a count of something."""
    return f"{value:.0f}" if isinstance(value, int) else f"{value:.4f}"


def _values(samples: Sequence[Sample], figure: str) -> list[float]:
    return [getattr(each, figure) for each in samples]


def _user() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + children.ru_utime
