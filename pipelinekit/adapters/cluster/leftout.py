"""What Helm leaves out of a release: CustomResourceDefinitions, which are a phase of their own.

Helm installs those of a chart's `crds/` once and never again, and deletes those among its templates with the
release, and every object of them. A post-renderer takes the latter out: a plugin for Helm 4, a program for 3.
"""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path
from typing import IO

from pipelinekit.adapters.disk.files import write_atomic

NAME = "pipelinekit-definitions"
KIND = b"CustomResourceDefinition"
_PIECE = 1 << 20

_PROGRAM = r"""import re
import sys

MINE = re.compile(r'''^["']?kind["']?:\s*["']?CustomResourceDefinition["']?\s*(#.*)?$''', re.MULTILINE)
text = sys.stdin.buffer.read().decode()
kept = [each for each in re.split(r"(?m)^---[ \t]*\n", text) if not MINE.search(each)]
sys.stdout.buffer.write("---\n".join(kept).encode())
"""


def has_definitions(archive: Path) -> bool:
    """Whether templates of a chart speak of CustomResourceDefinitions."""
    with tarfile.open(archive) as source:
        for member in source:
            stream = source.extractfile(member) if "/templates/" in member.name else None
            if stream and _speaks(stream):
                return True
    return False


def _speaks(stream: IO[bytes]) -> bool:
    # A member may claim to be larger than any memory: read as a whole, room is made for that first.
    before = b""
    while piece := stream.read(_PIECE):
        if KIND in before + piece:
            return True
        before = piece[-len(KIND) :]
    return False


def plugin(scratch: Path) -> dict[str, str]:
    """Write Helm 4's plugin; the environment in which Helm finds it."""
    folder = scratch / "plugins" / NAME
    program = folder / "definitions.py"
    command = {"command": sys.executable, "args": ["-S", "-E", str(program)]}
    body = {
        "apiVersion": "v1",
        "name": NAME,
        "version": "0.1.0",
        "type": "postrenderer/v1",
        "runtime": "subprocess",
        "runtimeConfig": {"platformCommand": [command]},
    }
    write_atomic(program, _PROGRAM)
    write_atomic(folder / "plugin.yaml", json.dumps(body))
    return {"HELM_PLUGINS": str(scratch / "plugins")}


def program(scratch: Path) -> str:
    """Write Helm 3's program; its path."""
    script, caller = scratch / "definitions.py", scratch / "definitions"
    write_atomic(script, _PROGRAM)
    write_atomic(caller, f'#!/bin/sh\nexec "{sys.executable}" -S -E "{script}"\n', mode=0o755)
    return str(caller)
