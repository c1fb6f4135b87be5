"""No program outlives the process that has begun it, whenever that process is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGUN = """\
import os, time
from pipelinekit.adapters.running import endings

parent = os.getpid()
settle = endings.with_parent()
if os.fork():
    os._exit(0 if {dies} else os.wait()[1])
while {dies} and os.getppid() == parent:
    time.sleep(0.01)
settle()
print("goes on", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the signal is Linux' own")
@pytest.mark.parametrize(("dies", "said"), [(True, ""), (False, "goes on\n")])
def test_a_program_whose_parent_died_while_it_was_begun_does_not_go_on(dies: bool, said: str) -> None:
    words = [sys.executable, "-c", BEGUN.format(dies=dies)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == said, done.stderr
