"""An error of ours: the details go to a file that is a bug report already, one line to the screen."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from pipelinekit import __version__
from pipelinekit.errors import PipelinekitError, failed

EXIT_CODE = 70


def _machine() -> str:
    # Not platform.platform(): it starts a process, and who knows in which state we are.
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def log(error: BaseException, verb: str) -> str:
    """Write the log file, and return what to say: the reason, and where the file is."""
    text = "\n".join(
        (
            f"pipelinekit {__version__}, Python {platform.python_version()}, {_machine()}",
            f"verb: {verb}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    lines = f"{type(error).__name__}: {error}".splitlines()
    reason = "".join(each if each.isprintable() else " " for each in lines[0])
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="pipelinekit-",
            suffix=".log",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as written:
            written.write(text)
    except OSError as refusal:
        # No disk takes it: whoever reads this is the only one who can keep it.
        return f"a bug in pipelinekit ({reason})\n  please report it with this ({refusal}):\n{text}"
    return f"a bug in pipelinekit ({reason})\n  please report it with {Path(written.name)}"


def as_failure(error: Exception) -> PipelinekitError:
    """An error of ours, or of nobody's, that is one line in a report about many."""
    said, _, hint = log(error, "(one of many)").partition("\n")
    return failed("bug", said, hint=hint.strip())


def report(error: BaseException, arguments: list[str]) -> int:
    """Write the log file, name it on stderr, and return the exit code."""
    sys.stderr.write(f"error: {log(error, arguments[0] if arguments else '(none)')}\n")
    return EXIT_CODE
