"""An application on the testbed as a user has it: a folder, the command line, a name of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests import warm

BIN = Path(sys.executable).parent
LINE = ("test", "build", "push", "package", "publish", "deploy", "verify")
TIMEOUT = 300.0
"""Seconds until a verb that hangs is killed."""


@dataclass(frozen=True)
class Said:
    """What a verb said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """The first line of its error."""
        return next((line for line in self.err.splitlines() if line.startswith("error: ")), "")

    def json(self) -> Any:
        """Its result."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Application:
    """`folder` has the application `name` of team `team`; `env` is what its verbs run with."""

    folder: Path
    name: str
    team: str
    env: Mapping[str, str]

    @property
    def namespace(self) -> str:
        return f"{self.team}-dev"

    def verb(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Said:
        """Run a verb to its end, whatever that is."""
        ours = {**os.environ, **self.env, **(env or {})}
        done = warm.run([warm.PROGRAM, *arguments], cwd=cwd or self.folder, env=ours, timeout=TIMEOUT)
        return Said(done.returncode, done.stdout, done.stderr)

    def must(self, *arguments: str, env: Mapping[str, str] | None = None) -> Said:
        """Run a verb that has to succeed."""
        said = self.verb(*arguments, env=env)
        assert said.code == 0, f"pipelinekit {' '.join(arguments)}: {said.code}\n{said.out}\n{said.err}"
        return said

    def until(self, last: str) -> None:
        """Run the line up to and including `last`."""
        for verb in LINE[: LINE.index(last) + 1]:
            self.must(verb)

    def kill(self, seconds: float, *arguments: str) -> int:
        """Run a verb and kill it after so long, unless it has ended by then; its exit code."""
        with subprocess.Popen(
            [str(BIN / "pipelinekit"), *arguments],
            cwd=self.folder,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            return process.wait()

    def tool(self, *argv: str, stdin: str | None = None, cwd: Path | None = None) -> str:
        """Another program's output, in the application's folder."""
        done = subprocess.run(
            argv,
            cwd=cwd or self.folder,
            env={**os.environ, **self.env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def commit(self, message: str = "Change") -> None:
        self.tool("git", "add", "--all")
        author = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        self.tool("git", *author, "commit", "--quiet", "--allow-empty", "--message", message)

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, newline="")

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file as a person would; the old text has to be there."""
        text = (self.folder / path).read_text()
        assert old in text, f"{path} has no {old!r}"
        self.write(path, text.replace(old, new))

    def with_env(self, **env: str) -> Application:
        return replace(self, env={**self.env, **env})

    def http(self, path: str = "/") -> str:
        """What it answers over HTTP, asked through the API server."""
        service = f"/api/v1/namespaces/{self.namespace}/services/http:{self.name}:80/proxy{path}"
        return self.tool("kubectl", "get", "--raw", service)

    def objects(self, kind: str) -> list[dict[str, Any]]:
        listed = json.loads(self.tool("kubectl", "-n", self.namespace, "get", kind, "-o", "json"))
        items: list[dict[str, Any]] = listed["items"]
        return items

    def manifest(self) -> str:
        """What Helm has installed."""
        return self.tool("helm", "-n", self.namespace, "get", "manifest", self.name)


@contextmanager
def new(
    testbed: Mapping[str, str],
    folder: Path,
    language: str = "python",
    *more: str,
    name: str = "",
    team: str = "",
) -> Iterator[Application]:
    """A new application, generated and committed; its namespace is removed after the block."""
    team = team or f"t{uuid4().hex[:8]}"
    name = name or "orders"
    env = {
        **testbed,
        "PIPELINEKIT_REGISTRY": testbed["PK_TESTBED_REGISTRY"],
        "PIPELINEKIT_MIRROR": testbed["PK_TESTBED_REGISTRY"],
        "PIPELINEKIT_CONTEXT": testbed["PK_TESTBED_CONTEXT"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    application = Application(folder / name, name, team, env)
    words: Sequence[str] = ("new-app", name, "--language", language, "--team", team, *more)
    made = application.verb(*words, cwd=folder)
    assert made.code == 0, made.err
    application.commit("First version")
    try:
        yield application
    finally:
        namespace = application.namespace
        application.tool("kubectl", "delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def eventually(check: Any, seconds: float = 30.0) -> bool:
    """Whether `check` comes true in time."""
    until = time.monotonic() + seconds
    while not check():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
