"""The one door to other programs that end by themselves; `processes` has those that stay."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.testbed.errors import ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Marks a program that works on `up`'s behalf for minutes: when `up` is killed it goes on, and its successor
# must end it before doing the same work again. The machine's claim sees to it that there is one `up` at most.
STEP = {"PIPELINEKIT_TESTBED_STEP": "1"}

_TAIL = 30  # lines of a failed program's output: enough for a compiler's or apt's last words


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> str:
    """The program's standard output.

    `env` is added to this process's environment; `timeout` is in seconds.
    Raises ToolMissingError when there is no such program, ToolFailedError when it fails or takes too long.
    """
    try:
        done = subprocess.run(
            list(argv),
            env={**os.environ, **(env or {})},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            cwd=cwd,
            timeout=timeout,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolMissingError(f"{argv[0]}: not found") from error
    except subprocess.TimeoutExpired as error:
        raise ToolFailedError(f"{' '.join(argv)}: not done after {timeout:.0f} s") from error
    if done.returncode != 0:
        said = "\n".join((done.stderr + done.stdout).strip().splitlines()[-_TAIL:])
        raise ToolFailedError(f"{' '.join(argv)}: exit code {done.returncode}\n{said}")
    return done.stdout


def succeeds(argv: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float = 120) -> bool:
    """Whether the program is there and ends with 0."""
    try:
        run(argv, env=env, timeout=timeout)
    except (ToolMissingError, ToolFailedError):
        return False
    return True
