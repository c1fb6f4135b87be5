"""What is mounted under a folder that is about to be removed."""

from __future__ import annotations

from pathlib import Path

from tests.testbed import packages
from tests.testbed.command import run

_AT_ONCE = 200  # a command line holds that many paths on any machine


def under(folder: Path) -> list[str]:
    """Mount points below `folder`, deepest first."""
    points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    # The kernel writes a space in a path as \040.
    paths = [point.encode().decode("unicode_escape") for point in points if point.startswith(f"{folder}/")]
    return sorted(paths, key=len, reverse=True)


def detach(folder: Path) -> None:
    """Unmounts everything below `folder`, also what is in use. Raises ToolFailedError."""
    while points := under(folder)[:_AT_ONCE]:
        run([packages.required("umount"), "-l", *points])
