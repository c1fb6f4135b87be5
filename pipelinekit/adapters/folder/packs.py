"""Packs on disk: read, and laid into an application's folder without touching what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.disk.links import astray, below, links
from pipelinekit.errors import refused

CHARTS = "charts"
LEFT_OUT = frozenset(("README.md",))
MOST_FILES = 5_000


def read(pack: Path) -> dict[str, tuple[bytes, bool]]:
    """Every file of a pack by its path, with whether it may be executed; a link that leads out is refused."""
    found: dict[str, tuple[bytes, bool]] = {}
    for path in below(pack):
        relative = path.relative_to(pack).as_posix()
        if links(pack, [relative]) and astray(pack, path):
            raise refused("link-out", f"{path} leads out of the pack", hint="a pack holds its own files")
        if path.is_file():
            content = files.read_bytes(path, regular.CONTENT)
            found[relative] = (content, bool(path.stat().st_mode & 0o100))
        if len(found) > MOST_FILES:
            raise refused("pack-too-large", f"{pack} has more than {MOST_FILES} files")
    return found


def lay(
    pack: dict[str, tuple[bytes, bool]], root: Path, name: str, named: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """Write a pack's files where an application has them; which were written, and which were kept.

    The chart goes to `charts/<name>/`, with `named` over its Chart.yaml's text.
    """
    written, kept = [], []
    for path, (content, executable) in pack.items():
        if path in LEFT_OUT:
            continue
        to = {"tasks.toml": ".draft-tasks.toml"}.get(path, path)
        if path.startswith(f"{CHARTS}/"):
            to = f"{CHARTS}/{name}/{path.removeprefix(f'{CHARTS}/')}"
        if path == f"{CHARTS}/Chart.yaml":
            content = named(content.decode()).encode()
        if (root / to).exists() or (root / to).is_symlink():
            kept.append(to)
            continue
        files.write_atomic(root / to, content, mode=0o755 if executable else 0o644)
        written.append(to)
    return written, kept
