"""One JVM that answers requests: a line of JSON each way."""

import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .request import Run
from .toolchain import command

_TRAINING = """
pipeline {
    agent any
    environment { NAME = "x${1 + 1}" }
    stages {
        stage('train') {
            when { not { branch 'nowhere' } }
            steps {
                withEnv(['A=b']) { sh 'true' }
                script { for (x in [1]) { echo "${x}" } }
            }
        }
    }
    post { always { echo 'done' } }
}
"""


class EngineError(Exception):
    """The engine itself broke, died or hung: nothing is known about the pipeline it was given."""


class Engine:
    """A running engine; a context manager. Requests are answered one after the other."""

    def __init__(self, within: Sequence[str] = ()) -> None:
        """`within` is a program and its first arguments that start the engine, in surroundings of its own."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._process = subprocess.Popen(
            [*within, *command(_train)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            start_new_session=True,  # so that everything it started can be ended with it
        )
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], seconds: float) -> Any:
        """The answer to `request`; EngineError when none comes within `seconds`."""
        # ASCII only: every character that needs it is escaped, so no encoding on the way can harm one.
        line = json.dumps(request, ensure_ascii=True).encode("ascii") + b"\n"
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise EngineError(f"the engine died: {self._said()}") from None
        answer = json.loads(self._read_line(time.monotonic() + seconds))
        if "broken" in answer:
            raise EngineError(answer["broken"])
        return answer["answer"]

    def close(self) -> None:
        """Ends the engine and whatever it started; more calls change nothing."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def _read_line(self, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        parts = [self._buffer]
        while b"\n" not in parts[-1]:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self._kill()
                raise EngineError("the engine did not answer in time and was ended")
            chunk = os.read(descriptor, 1 << 20)
            if not chunk:
                raise EngineError(f"the engine died: {self._said()}")
            parts.append(chunk)
        line, _, self._buffer = b"".join(parts).partition(b"\n")
        return line

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-4000:]


def _environment() -> dict[str, str]:
    """What the JVM sees: a locale that can name every file, and nothing of the caller's own settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": os.environ.get("HOME", "/"),
    }


def _train(argv: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        workspace.mkdir()
        run = Run(jenkinsfile=_TRAINING, workspace=workspace)
        subprocess.run(
            argv,
            input=json.dumps(run.to_json()).encode() + b"\n",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=120,
            check=False,
        )
