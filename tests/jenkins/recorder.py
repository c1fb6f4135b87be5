"""A recorder in the command line's place, and the jobs that call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.jenkins.harness import Answer, Cause, Credential, Run, Trace, run_one

ROOT = Path(__file__).resolve().parents[2]


class Recorder:
    """A program called pipelinekit in a folder, and what it was told by the last build."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder, self.count = folder, 0
        (folder / "bin").mkdir()
        tool = folder / "bin" / "pipelinekit"
        tool.write_text(program)
        tool.chmod(0o755)

    def build(
        self,
        job: str,
        jenkinsfile: str,
        *,
        credentials: Mapping[str, Credential],
        parameters: Mapping[str, Any],
        causes: Sequence[Cause],
        environment: Mapping[str, str],
        inputs: Mapping[str, Answer] | None = None,
        left: Mapping[str, str] | None = None,
    ) -> Trace:
        """One build of a job, in a workspace of its own that has what an earlier one `left` in it."""
        self.count += 1
        workspace = self.folder / f"workspace-{self.count}"
        workspace.mkdir()
        for name, text in (left or {}).items():
            (workspace / name).write_text(text)
        for each in self.folder.glob("records*"):
            each.unlink()
        return run_one(
            Run(
                jenkinsfile=jenkinsfile,
                workspace=workspace,
                job=job,
                plugins=(ROOT / "seed-jobs" / "plugins.txt").read_text(),
                credentials=credentials,
                parameters=parameters,
                inputs=inputs or {},
                causes=tuple(causes),
                environment={
                    "PATH": f"{self.folder}/bin:/usr/bin:/bin",
                    "RECORDS": str(self.folder / "records"),
                    **environment,
                },
            )
        )

    def recorded(self, suffix: str = "") -> str:
        """What the program has written beside its records; empty where it was not called."""
        file = self.folder / f"records{suffix}"
        return file.read_text() if file.exists() else ""

    @property
    def environments(self) -> list[dict[str, str]]:
        """What each call found in its environment, of a program that records it as `env -0` has it."""
        blocks = self.recorded().split("\0\0\0")
        return [dict(x.split("=", 1) for x in block.split("\0") if "=" in x) for block in blocks if block]
