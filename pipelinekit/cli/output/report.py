"""What people and machines read: progress and errors on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from pipelinekit.counts import counted
from pipelinekit.errors import Fault, PipelinekitError, ToolFailed

if TYPE_CHECKING:
    from pipelinekit.cli.output.terminal import Footer

_BOLD, _RED, _YELLOW, _DIM, _OFF = "\033[1m", "\033[31m", "\033[33m", "\033[2m", "\033[0m"


_footers: list[Footer] = []
"""The one that is drawn, if one is."""


@contextlib.contextmanager
def alive(what: str) -> Iterator[None]:
    """In a terminal, show below all that is said how long `what` has been going on, and how far it is."""
    if _footers or not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        yield
        return
    from pipelinekit.cli.output.terminal import Footer

    with Footer(what, sys.stderr) as footer:
        _footers.append(footer)
        try:
            yield
        finally:
            _footers.clear()


def live(text: str) -> None:
    """How far it is at this moment: drawn over in a terminal, and said nowhere else."""
    for footer in _footers:
        footer.move(text)


def say(line: str) -> None:
    """One line of progress; a tool's colours and moves of the cursor are left out."""
    from pipelinekit.cli.output.terminal import plain

    _write(f"  {plain(_complete(line))}", _DIM)


def notice(line: str) -> None:
    """Something to know that is no error."""
    _write(_one(f"notice: {_complete(line)}"), _YELLOW)


def result(sentence: str) -> None:
    """What is true now: the last line of a verb."""
    document(f"{_complete(sentence)}\n")


_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_answered: list[bool] = []
"""Not empty when a result for machines is on stdout."""


def now(sentence: str) -> None:
    """A result of a verb that goes on: whoever reads it, through a pipe as well, has it at once.

    Raises `BrokenPipeError` once nobody reads it any more, for such a verb has no other end.
    """
    result(sentence)
    if sys.stdout in _unread:
        raise BrokenPipeError
    sys.stdout.flush()


def as_json(value: Mapping[str, Any] | list[Any]) -> None:
    """A result for machines: the one document on stdout."""
    _answered.append(True)
    # An encoding that lacks a character would get an escape that is none of JSON's.
    whole = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(value, indent=2, ensure_ascii=not whole)
    # JSON escapes what is below a space; a terminal obeys more than that.
    _put(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def document(text: str) -> None:
    """A text of the repository on stdout, with what a terminal would obey written out."""
    if not text.isascii() or not text.replace("\n", "").isprintable():
        from pipelinekit.cli.output.terminal import visible

        text = visible(text)
    _put(text)


def error(problem: PipelinekitError) -> None:
    """All faults of an error: the reason first, then what to do."""
    for fault in problem.faults:
        _write(_one(f"error: {_complete(str(fault))}"), _RED)
        for line in _complete(fault.hint).splitlines():
            _write(f"  {_one(line)}", "")
    if len(problem.faults) > 1 and problem.exit_code == 3:
        _write(counted(len(problem.faults), "fault"), _BOLD)


def error_json(problem: PipelinekitError) -> None:
    """An error for machines, on stdout, where they look for the result; nothing where there is one.

    A verb that reports first and fails then has told in its report what is wrong.
    """
    if not _answered:
        as_json(
            {"error": {"exitCode": problem.exit_code, "faults": [_fault(each) for each in problem.faults]}}
        )


def _complete(text: str) -> str:
    """A text whose next steps work as printed."""
    if "`pipelinekit" not in text:
        return text
    from pipelinekit.cli.output import nextstep

    return nextstep.completed(text)


def _one(line: str) -> str:
    """A line of ours with somebody's text in it; what they continue in a next line is set off."""
    return _lines(line).replace("\n", "\n    ")


def _lines(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    from pipelinekit.cli.output.terminal import harmless

    return harmless(text)


def _fault(fault: Fault) -> dict[str, Any]:
    place = fault.place
    fields = {
        "code": fault.code,
        "problem": _complete(fault.problem),
        "path": fault.path,
        "file": place.origin if place else "",
        "line": place.line if place else None,
        "column": place.column if place else None,
        "hint": _complete(fault.hint),
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _write(text: str, style: str) -> None:
    if style and sys.stderr.isatty() and _has_colours():
        text = f"{style}{text}{_OFF}"
    if _footers:
        _footers[0].above(text + "\n")
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except BrokenPipeError:
        _leave_unread(sys.stderr)
    except OSError:
        # What cannot be said (a full disk behind `2>`) changes nothing about what is done, nor how it ends.
        return


_unread: list[TextIO] = []
"""The streams whose reader has gone away."""


def _put(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        _leave_unread(sys.stdout)


def _leave_unread(stream: TextIO) -> None:
    """Let nobody read a stream from now on: a reader who has gone ends no deed, nor changes how it ends."""
    _unread.append(stream)
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _has_colours() -> bool:
    """Whether a terminal has colours, and whoever reads it wants them (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def leave(code: int) -> NoReturn:
    """End the process, output flushed; a reader who has gone away is no error."""
    _answered.clear()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_unread(sys.stdout)
    except OSError as problem:
        untold(problem)
    raise SystemExit(code)


def untold(problem: OSError) -> NoReturn:
    """End the process whose result cannot be written: whoever reads it must not take half for the whole."""
    _write(f"error: standard output cannot be written: {problem.strerror}", _RED)
    raise SystemExit(ToolFailed.exit_code)
