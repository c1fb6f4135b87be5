"""An error of ours: the details go to a file that is a bug report already, one line to the screen."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from pipelinekit import __version__

EXIT_CODE = 70


def _machine() -> str:
    # Not platform.platform(): it starts a process, and who knows in which state we are.
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def report(error: BaseException, arguments: list[str]) -> int:
    """Write the log file, name it on stderr, and return the exit code."""
    text = "\n".join(
        (
            f"pipelinekit {__version__}, Python {platform.python_version()}, {_machine()}",
            f"verb: {arguments[0] if arguments else '(none)'}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    with tempfile.NamedTemporaryFile(
        "w", prefix="pipelinekit-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(text)
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    sys.stderr.write(f"error: a bug in pipelinekit ({reason})\n  please report it with {Path(log.name)}\n")
    return EXIT_CODE
