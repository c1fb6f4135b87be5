"""Follow a build in Jenkins to its end: the queue, the console as it grows, the result, across a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, check_failed, failed, refused
from pipelinekit.model.jenkins.jobrun import Ticket
from pipelinekit.ports import Builds, Say

T = TypeVar("T")

_LAST = "[Pipeline] End of Pipeline"
"""Whatever a program writes, this too, stands before the last such line."""
_ENDED = re.compile(r"ERROR: script returned exit code ([0-9]{1,3})")
"""What Jenkins then says of a step `sh` that has failed the build."""

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
    code: int | None = None
    """With what the program ended that failed the build, as Jenkins tells it."""
    over: bool = False
    """Whether the console has said that the pipeline is over."""


def start(builds: Builds, path: str, parameters: Mapping[str, str], *, whole: bool = False) -> Following:
    """Start a build; `whole` refuses a job that lacks one of the parameters."""
    return Following(ticket=builds.trigger(path, parameters, whole=whole))


def follow(
    builds: Builds, following: Following, *, write: Say, say: Say, sleep: Callable[[float], None]
) -> str:
    """Write the build's console line by line until it ends; its result.

    A controller that is away is waited for, and the console goes on where it was.
    """
    return patiently(
        lambda: (
            _read(builds, following, write)
            if following.number is not None
            else _queue(builds, following, say)
        ),
        patience=PATIENCE,
        until="waiting for it to come back",
        say=say,
        sleep=sleep,
    )


def patiently(
    look: Callable[[], T | None], *, patience: float, until: str, say: Say, sleep: Callable[[float], None]
) -> T:
    """Look again and again until something is found.

    Who does not answer is waited for, for `patience` seconds at a stretch; then its `ToolFailed` is raised.
    """
    away = 0.0
    while True:
        try:
            found = look()
            if found:
                return found
            away = 0.0
        except ToolFailed as error:
            if away >= patience:
                raise
            if away == 0.0:
                say(f"{error.faults[0].problem}; {until}")
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
        _hear(following, line)
        write(line)
    result = "" if piece.more else builds.result(following.ticket.path, following.number)
    if result and following.rest:
        write(following.rest)
    return result


def _hear(following: Following, line: str) -> None:
    """Keep what a line says of how the build ends."""
    if line == _LAST:
        following.over, following.code = True, None
    elif following.over and (ended := _ENDED.fullmatch(line)):
        following.code = int(ended[1])


def settle(path: str, number: int | None, result: str, code: int | None = None) -> None:
    """Raise what a build's result is as an error; nothing when it is good.

    `code` is with what the build's verb ended: a refusal of its is one here.
    """
    name = f"{path} #{number}"
    if result == "FAILURE" and code == Refused.exit_code:
        raise refused("build-refused", f"{name} was refused", hint="its console above has the reasons")
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
