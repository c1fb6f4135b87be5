"""What an `up` has said, kept for `draft logs`, and why it has failed, for `draft status`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelinekit.cli.draft.rise import afterwards
from pipelinekit.cli.output import full, report
from pipelinekit.errors import PipelinekitError, ToolFailed
from pipelinekit.steps.innerloop import release

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import Target

LONGEST = 200
"""Characters of a reason that `draft status` has."""


class Log:
    """What is said, and kept for `draft logs`; `before` is said before each line, where several go on."""

    def __init__(self, before: str = "") -> None:
        self.lines: list[str] = []
        self.before = before

    def say(self, line: str) -> None:
        """One line of progress."""
        self.lines.append(line)
        report.say(f"{self.before}{line}")


def ended(here: Draft, target: Target, log: Log, error: PipelinekitError | None = None) -> None:
    """Note how the `up` has ended. A home that cannot be written to costs that note alone."""
    reasons = [str(each) for each in error.faults] if error else []
    log.lines += [f"error: {each}" for each in reasons]
    with suppress(OSError, ToolFailed):
        first = " ".join(reasons[0].split()) if reasons else ""
        here.home.note_failure(afterwards.where_of(target), first[:LONGEST])


def failed(here: Draft, target: Target, log: Log, error: OSError | PipelinekitError) -> None:
    """Note why the `up` has failed; raises `ToolFailed` where it is the disk that takes nothing more."""
    if isinstance(error, PipelinekitError):
        ended(here, target, log, error)
    elif error.errno in full.FULL:
        problem = full.told(error)
        ended(here, target, log, problem)
        raise problem from error


def keep(here: Draft, target: Target, build: str, lines: Sequence[str]) -> None:
    """Keep it by the build's id. Where it cannot be, say so: raised, it would hide how the `up` has ended."""
    if not build and not lines:
        return
    try:
        here.home.keep_log(target.name, build or release.build_id(), "\n".join(lines) + "\n")
    except ToolFailed as error:
        report.notice(f"what was said is not kept: {error}")
