"""What can go wrong, in the caller's words: each error owns its exit code, its place and the next step.

The exit codes are a contract with pipelines and are listed in docs/architecture.md:
0 fine, 1 drift or check failed, 2 usage, 3 document invalid, 4 tool missing, 5 tool failed,
6 refused, 70 a bug of ours, 130 Ctrl-C.
"""

from __future__ import annotations

from typing import ClassVar

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which text: `line` and `column` count from 1; None means the text as a whole."""

    origin: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.origin, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what to do about it.

    `code` is a stable slug for machines; `path` is the dotted key inside a document, or empty.
    """

    code: str
    problem: str
    place: Place | None = None
    path: str = ""
    hint: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place or ""), self.path, self.problem) if part)


class PipelinekitError(Exception):
    """An error to show without a traceback. `faults` has at least one entry, in reading order."""

    exit_code: ClassVar[int] = 70

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class CheckFailed(PipelinekitError):
    """A question was answered with no: there is drift, a test failed, something is not running."""

    exit_code = 1


class UsageError(PipelinekitError):
    """The command line makes no sense as given."""

    exit_code = 2


class DocumentInvalid(PipelinekitError):
    """A document has faults; all of them are listed."""

    exit_code = 3


class ToolMissing(PipelinekitError):
    """A program is not installed, or is too old; the hint says how to get it."""

    exit_code = 4


class ToolFailed(PipelinekitError):
    """A program, a server or the disk refused; the first line gives its reason."""

    exit_code = 5


class Refused(PipelinekitError):
    """We could, but will not: a gate is closed, a receipt is stale, something would be overwritten."""

    exit_code = 6


def check_failed(code: str, problem: str, *, hint: str = "") -> CheckFailed:
    """A `CheckFailed` of one fault."""
    return CheckFailed(Fault(code, problem, hint=hint))


def usage(code: str, problem: str, *, hint: str = "") -> UsageError:
    """A `UsageError` of one fault."""
    return UsageError(Fault(code, problem, hint=hint))


def failed(code: str, problem: str, *, hint: str = "", place: Place | None = None) -> ToolFailed:
    """A `ToolFailed` of one fault."""
    return ToolFailed(Fault(code, problem, place, hint=hint))


def refused(code: str, problem: str, *, hint: str = "", place: Place | None = None) -> Refused:
    """A `Refused` of one fault."""
    return Refused(Fault(code, problem, place, hint=hint))
