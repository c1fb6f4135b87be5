"""The entry point: quick to start, one catcher for all errors."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import click

SWITCH = 0.0005
"""Seconds for which a thread that loads modules may keep another one waiting, each time that this one has
asked something of the system. Python has 5 ms: a tenth of the time until an engine was asked."""


def entry() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        # Asked by scripts, often many times: click alone would triple the time this takes.
        from pipelinekit import __version__

        sys.stdout.write(f"pipelinekit {__version__}\n")
        raise SystemExit(0)
    _open_streams()
    # Modules are no garbage: looking for some, a few dozen times while they load, costs a twentieth of a run.
    gc.set_threshold(50_000, 20, 20)
    sys.setswitchinterval(SWITCH)
    try:
        run(sys.argv[1:])
    except KeyboardInterrupt:
        # While the first modules load: nothing is begun that would have to be taken back.
        sys.stderr.write("\ninterrupted\n")
        raise SystemExit(130) from None
    except SystemExit as end:
        if isinstance(end.code, int) and not sys.stderr.closed:
            # All is written, closed and joined by now: to take Python down object by object takes as long as
            # a tenth of a verb.
            with contextlib.suppress(OSError):
                sys.stderr.flush()
            made = sys.modules.get("pipelinekit.adapters.disk.momentary")
            if made:
                made.clear()
            os._exit(end.code)
        raise


def _open_streams() -> None:
    """Let each standard stream take whatever is written, in an encoding that lacks it as an escape.

    Give a place to each standard stream that we were started without, and to the programs that we start.

    A file that is opened next would get the number, and what is meant for a terminal with it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                os.fstat(number)
                continue
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def run(arguments: list[str]) -> NoReturn:
    """Run a command line; every error ends here, with its own exit code."""
    import click

    from pipelinekit.adapters.web import waiting
    from pipelinekit.cli.output import nextstep, report
    from pipelinekit.errors import Fault, PipelinekitError, UsageError

    waiting.tell = report.say
    nextstep.begin()
    try:
        code = _main(arguments)
        report.leave(code if isinstance(code, int) else 0)
    except PipelinekitError as error:
        if "--json" in arguments:
            report.error_json(error)
        report.error(error)
        report.leave(error.exit_code)
    except click.exceptions.Abort:
        with contextlib.suppress(BrokenPipeError):
            sys.stderr.write("\ninterrupted\n")
        report.leave(130)
    except click.ClickException as error:
        from pipelinekit.cli.output import astray

        known = astray.heard(error)
        hint = astray.hint(known, arguments)
        if "--json" in arguments:
            report.error_json(UsageError(Fault("usage", known.format_message(), hint=hint)))
        with contextlib.suppress(BrokenPipeError):
            known.show()
            if hint:
                sys.stderr.write(f"  {hint}\n")
        report.leave(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except Exception as error:  # noqa: BLE001 - the one catcher; what gets here is ours to mend
        report.leave(_untold(error, arguments))
    finally:
        nextstep.forget()


def _untold(error: Exception, arguments: list[str]) -> int:
    """Say what no verb has said, a disk that takes nothing more or a bug of ours; its exit code."""
    from pipelinekit.cli.output import bug, full, report

    if not (isinstance(error, OSError) and error.errno in full.FULL):
        return bug.report(error, arguments)
    # Our own files are written by adapters: an error without a file's name is standard output's.
    if error.filename is None:
        report.untold(error)
    problem = full.told(error)
    if "--json" in arguments:
        report.error_json(problem)
    report.error(problem)
    return problem.exit_code


def _main(arguments: list[str]) -> object:
    _require_here(arguments)
    try:
        with _home(arguments):
            return group().main(arguments, prog_name="pipelinekit", standalone_mode=False)
    except SystemExit as end:
        # click ends by itself only for a reader who has gone away, and with 1: our word for a failed check.
        raise BrokenPipeError from end


def _require_here(arguments: list[str]) -> None:
    """Raise `ToolFailed` where the current folder is gone: nothing that a verb names could be found."""
    if {"--help", "-h"} & set(arguments):
        return
    try:
        os.getcwd()  # noqa: PTH109 - without pathlib, which few verbs need
    except OSError as error:
        from pipelinekit.errors import failed

        hint = "somebody has deleted it, or you may not look into it: cd to another"
        raise failed("folder-gone", "the current folder is not there any more", hint=hint) from error


def _home(arguments: list[str]) -> contextlib.AbstractContextManager[None]:
    """What a pipeline's library calls leaves nothing in the agent's home, and finds nothing there."""
    if "--args-env" not in arguments:
        return contextlib.nullcontext()
    from pipelinekit.cli import home

    return home.apart()


def group() -> click.Group:
    """All verbs; a verb's module is imported when the verb is used."""
    from pipelinekit.cli.lazy import LazyGroup

    return LazyGroup()
