"""A folder of exported files that remembers what it was made from: asked for again, nothing is made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pipelinekit.adapters.disk import files, regular
from pipelinekit.counts import counted

STATE = ".pipelinekit-export"
"""What the folder was made from, then a line for each file as `sha256sum --check` reads it."""


def current(folder: Path, inputs: str) -> int | None:
    """How many files there are, when all are as these inputs made them; None when one is not."""
    state = folder / STATE
    try:
        head, _, rest = regular.read(state).decode(errors="replace").partition("\n")
    except OSError:
        return None
    lines = rest.splitlines()
    if head != _head(inputs, len(lines)):
        return None
    for line in lines:
        digest, _, name = line.partition("  ")
        try:
            content = regular.read(folder / name)
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != digest:
            return None
    return len(lines)


def write(folder: Path, texts: Mapping[str, str], inputs: str = "") -> int:
    """Write what is not there already, and how many files that were. With `inputs` they are remembered."""
    written = 0
    lines: list[str] = []
    for name, text in texts.items():
        content = text.encode()
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        path = folder / name
        if path.exists() and files.read_bytes(path) == content:
            continue
        files.write_atomic(path, content, mode=0o755 if path.name == "post-receive" else 0o644)
        written += 1
    if inputs:
        files.write_atomic(folder / STATE, f"{_head(inputs, len(lines))}\n{''.join(lines)}")
    return written


def _head(inputs: str, count: int) -> str:
    return f"# {counted(count, 'file')} made from {inputs}"
