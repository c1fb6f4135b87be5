"""The user's own command lines, as `build.around` has them."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.ports import Say


class FolderShell:
    """`sh -c` in the application's folder, with the environment of the verb."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, say: Say) -> None:
        """Run one command line; raises `ToolFailed` when it fails."""
        say(f"$ {command}")
        done = process.watch(["sh", "-c", command], cwd=self.folder, line=say)
        if done.code:
            raise failed("around-failed", f"`{command}` ended with {done.code}: {done.reason()}")
