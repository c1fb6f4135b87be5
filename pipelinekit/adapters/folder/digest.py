"""One digest over a folder: names and contents, and nothing of when and by whom."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelinekit.adapters import regular
from pipelinekit.adapters.files import disk_error
from pipelinekit.errors import refused


def digest(folder: Path) -> str:
    """The digest of all files below `folder`; raises `Refused` where there is no such folder."""
    if not folder.is_dir():
        raise refused("folder-missing", f"there is no folder {folder}", hint="component.yaml names it")
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        try:
            content = regular.read(path, regular.CONTENT)
        except OSError as error:
            raise disk_error("file-unreadable", path, error) from error
        name = path.relative_to(folder).as_posix()
        found.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return "sha256:" + found.hexdigest()
