"""Follow a build in Jenkins to its end: the queue, the console as it grows, the result, across a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelinekit.errors import PipelinekitError, ToolFailed, check_failed, failed
from pipelinekit.model.jenkins.jobrun import Ticket
from pipelinekit.ports import Builds, Say

EVERY = 2.0
"""Seconds between two looks."""

PATIENCE = 600.0
"""Seconds that a controller may be away, as it is while it restarts."""


@dataclass(slots=True)
class Following:
    """Where a following is: what an interruption needs to know."""

    ticket: Ticket
    number: int | None = None
    offset: int = 0
    waiting: str = ""
    rest: str = ""
    """The beginning of a line whose end is not written yet."""


def start(builds: Builds, path: str, parameters: Mapping[str, str]) -> Following:
    """Start a build."""
    return Following(ticket=builds.trigger(path, parameters))


def follow(
    builds: Builds, following: Following, *, write: Say, say: Say, sleep: Callable[[float], None]
) -> str:
    """Write the build's console line by line until it ends; its result.

    A controller that is away is waited for, and the console goes on where it was.
    """
    away = 0.0
    while True:
        try:
            step = (
                _queue(builds, following, say)
                if following.number is None
                else _read(builds, following, write)
            )
            if step:
                return step
            away = 0.0
        except ToolFailed as error:
            if away >= PATIENCE:
                raise
            if away == 0.0:
                say(f"{error.faults[0].problem}; waiting for it to come back")
            away += EVERY
        sleep(EVERY)


def _queue(builds: Builds, following: Following, say: Say) -> str:
    """One look at the queue."""
    following.number = builds.started(following.ticket)
    if following.number is not None:
        say(f"{following.ticket.path} #{following.number} runs")
        return ""
    why = builds.why_waiting(following.ticket)
    if why and why != following.waiting:
        say(f"waiting: {why}")
    following.waiting = why
    return ""


def _read(builds: Builds, following: Following, write: Say) -> str:
    """One look at the console; the result when the build has ended."""
    if following.number is None:
        raise ValueError("the build does not run yet")
    piece = builds.console(following.ticket.path, following.number, following.offset)
    following.offset = piece.offset
    *lines, following.rest = (following.rest + piece.text).split("\n")
    for line in lines:
        write(line)
    result = "" if piece.more else builds.result(following.ticket.path, following.number)
    if result and following.rest:
        write(following.rest)
    return result


def settle(path: str, number: int | None, result: str) -> None:
    """Raise what a build's result is as an error; nothing when it is good."""
    name = f"{path} #{number}"
    if result == "UNSTABLE":
        raise check_failed("build-unstable", f"{name} is unstable: a test failed or a notice was given")
    if result != "SUCCESS":
        raise failed("build-failed", f"{name} ended with {result}", hint="its console is above")


def abort(builds: Builds, following: Following) -> PipelinekitError | None:
    """Stop a build that is followed no longer; what went wrong with that, or None."""
    try:
        builds.stop(following.ticket.path, following.number, following.ticket)
    except PipelinekitError as error:
        return error
    return None
