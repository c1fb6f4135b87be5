"""Repositories that somebody wrote to hurt whoever reads them; each would leave a mark if it could."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")
APP = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: pay}\n"
    "build: {language: go}\nrun:\n  port: 8080\n  replicas: 1\n"
)


@dataclass(frozen=True)
class Lair:
    """Where an animal lives: `root` is the repository's folder, beside it is what it must not reach."""

    root: Path

    @property
    def canary(self) -> Path:
        """There once something of the repository has run."""
        return self.root.parent / "canary"

    @property
    def outside(self) -> Path:
        """A stranger's folder: nothing in it may change."""
        return self.root.parent / "outside"

    @property
    def command(self) -> str:
        """A shell's command that leaves the mark, whatever it is given; it answers as a filter would."""
        script = self.root.parent / "command"
        if not script.exists():
            script.write_text(f"#!/bin/sh\n: > {shlex.quote(str(self.canary))}\ncat 2>/dev/null\nexit 0\n")
            script.chmod(0o755)
        return str(script)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """What git says while the animal is made; it must not fail."""
        done = subprocess.run(
            ["git", *IDENTITY, *arguments], cwd=cwd or self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, text: str | bytes) -> None:
        """Put a file into the repository's folder."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self) -> None:
        """Commit whatever is there."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")


def fsmonitor(lair: Lair) -> None:
    """The repository's own configuration names a program that git asks what has changed."""
    lair.git("config", "core.fsmonitor", lair.command)


ZOO: dict[str, Callable[[Lair], None]] = {
    "fsmonitor": fsmonitor,
}
"""Every animal by its name; each is given a repository with a sound application, and makes it its own."""
