"""A kubectl whose pods are this machine: what it is to execute runs here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

TEXT = """#!/bin/sh
echo $$ >> {log}
while [ "$1" != -- ]; do shift; done
shift
if [ "$1" = sh ]; then shift; set -- {shell} "$@"; fi
exec "$@"
"""


def here(at: Path, monkeypatch: pytest.MonkeyPatch, shell: str = "sh") -> Path:
    """Have it first on the PATH; the file that gets a line, its process, each time that it is begun."""
    log, program = at / "kubectl.log", at / "bin" / "kubectl"
    log.touch()
    program.parent.mkdir()
    program.write_text(TEXT.format(log=log, shell=shell))
    program.chmod(0o755)
    ours = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{program.parent}:{ours}:{os.environ['PATH']}")
    return log
