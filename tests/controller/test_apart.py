"""The double of a controller, in a pod without the program that is tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelinekit.adapters.jenkins.scripted import SCRIPT
from tests.controller import routes

ALONE = "import sys; sys.modules['pipelinekit'] = None; import tests.controller, tests.controller.__main__"


def test_it_needs_nothing_of_what_it_stands_against() -> None:
    at = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=at, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_script_that_it_knows_is_ours() -> None:
    assert SCRIPT.format(names="@") == routes.SCRIPT
