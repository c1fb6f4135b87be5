"""One digest over a folder: names and contents, and nothing of when and by whom."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.disk.files import disk_error
from pipelinekit.adapters.disk.links import below
from pipelinekit.errors import refused


def digest(folder: Path) -> str:
    """The digest of all files below `folder`, through links, as a chart is packaged.

    Raises `Refused` where there is no such folder, and for a link that leads in a circle.
    """
    if not folder.is_dir():
        raise refused("folder-missing", f"there is no folder {folder}", hint="component.yaml names it")
    found = hashlib.sha256()
    for path in below(folder):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + _of(path))
    return "sha256:" + found.hexdigest()


def _of(path: Path) -> bytes:
    try:
        return hashlib.sha256(regular.read(path, regular.CONTENT)).digest()
    except OSError as error:
        raise disk_error("file-unreadable", path, error) from error
