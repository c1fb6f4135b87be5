"""The moment in which a controller builds nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelinekit.errors import PipelinekitError, ToolFailed, refused
from pipelinekit.ports import Say
from pipelinekit.steps.rollout.bootstrap import AWAY
from pipelinekit.steps.rollout.gate import Clock, Sleep

EVERY = 2.0
"""Seconds between two looks."""


def await_silence(
    running: Callable[[], Sequence[str]],
    hush: Callable[[], None],
    wake: Callable[[], None],
    stands: Callable[[], bool],
    *,
    wait: int,
    say: Say,
    clock: Clock,
    sleep: Sleep,
) -> None:
    """Wait until nothing is `running`, and `hush`, so that nothing begins from then on.

    Not the other way round: a controller that is quiet pauses its pipelines at their next step, and they
    would not end. One that does not answer builds nothing, unless it `stands`: then only the way to it is
    blocked. Raises `Refused` with the builds that run still, or may run, when the time is over. Whatever is
    raised, the controller has been woken.
    """
    until = clock() + wait
    told: Sequence[str] = ()
    while True:
        away = ""
        try:
            builds = running()
            if not builds:
                builds = _hushed(running, hush, wake)
                if not builds:
                    return
        except ToolFailed as error:
            if error.faults[0].code not in AWAY:
                raise
            away = error.faults[0].problem
            if not stands():
                say(f"{away}: there is no build to wait for")
                return
            builds = (f"an answer: {away}",)
        if clock() >= until:
            if away:
                raise refused(
                    "builds-unseen",
                    f"not touched: its pods are ready, and it does not answer from here: {away}",
                    hint="builds may run: let the Job reach jenkins.url, or scale the controller to 0 first",
                )
            raise refused(
                "builds-run",
                f"not touched: after {wait} s these builds run still: {', '.join(builds)}",
                hint="run it again when they are over, stop them, or give it more time: --wait SECONDS",
            )
        if builds != told:
            told = builds
            say(f"waiting for {', '.join(builds)}")
        sleep(EVERY)


def _hushed(
    running: Callable[[], Sequence[str]], hush: Callable[[], None], wake: Callable[[], None]
) -> Sequence[str]:
    """What began just before the quiet; where anything did, the quiet is over again."""
    try:
        hush()
        builds = running()
    except PipelinekitError:
        wake()
        raise
    if builds:
        wake()
    return builds
