"""The image that pipelines run in: an application like any other, generated and kept current by ourselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.real.app import BIN

ROOT = Path(__file__).resolve().parents[2]
AGENT = ROOT / "platform-charts" / "jenkins" / "agent"


def test_its_generated_files_are_current() -> None:
    done = subprocess.run(
        [BIN / "pipelinekit", "generate", "--check"], cwd=AGENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, "run `pipelinekit generate` in that folder\n" + done.stdout + done.stderr
