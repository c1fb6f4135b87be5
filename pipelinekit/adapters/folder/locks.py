"""The locks of upstream charts: in the platform's own folder, whoever the component is from."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.folder.components import FOLDER
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.reading.vendored import FILE, read_vendored
from pipelinekit.render.vendored import vendored_text


def lock_path(platform: Path, component: str) -> Path:
    """Where the lock of a component is, for the folder that platform.yaml is in."""
    return platform / FOLDER / component / FILE


def read_lock(platform: Path, component: str) -> Vendored | None:
    """The lock of a component, or None where it has none; raises `Refused` for one that is damaged."""
    path = lock_path(platform, component)
    if not path.is_file():
        return None
    return read_vendored(files.read_bytes(path, regular.DOCUMENT).decode(errors="replace"), str(path))


def write_lock(platform: Path, component: str, lock: Vendored) -> None:
    """Write the lock of a component."""
    files.write_atomic(lock_path(platform, component), vendored_text(lock))
