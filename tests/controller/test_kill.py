"""`jobs apply` as a process that somebody kills: run again, it goes on where it was."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.controller.conftest import Platform
from tests.controller.faults import Fault
from tests.controller.server import Controller

BIN = Path(sys.executable).parent
JOBS = 9


def _argv(platform: Platform, *arguments: str) -> list[str]:
    return [str(BIN / "pipelinekit"), "jobs", *arguments, f"--platform={platform.write()}"]


@pytest.mark.parametrize("posted", [1, 6])
def test_a_killed_apply_is_finished_by_the_next(
    jenkins: Controller, platform: Platform, tmp_path: Path, posted: int
) -> None:
    plan = str(tmp_path / "plan.json")
    subprocess.run(_argv(platform, "plan", f"--out={plan}"), check=True, capture_output=True)
    jenkins.faults = [Fault("slow", method="POST", detail="0.1")]
    with subprocess.Popen(_argv(platform, "apply", plan, "--at-once=1"), stdout=subprocess.DEVNULL) as first:
        deadline = time.monotonic() + 30
        while len(jenkins.posted()) < posted and time.monotonic() < deadline:
            time.sleep(0.01)
        first.kill()
    time.sleep(0.3)  # the request that was under way is answered to nobody
    done = len(jenkins.posted())
    assert posted <= done < JOBS
    jenkins.faults = []
    again = subprocess.run(_argv(platform, "apply", plan), check=True, capture_output=True, text=True)
    assert f"{JOBS - done} created" in again.stdout
    assert len(jenkins.posted()) == JOBS, "no job is posted twice"
    after = subprocess.run(_argv(platform, "plan"), check=True, capture_output=True, text=True)
    assert f"{JOBS} unchanged" in after.stdout
