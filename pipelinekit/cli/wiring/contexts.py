"""What an image is built from: the application's folder, or one above that it shares with others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.errors import Fault, Place, Refused
from pipelinekit.reading.app import FILE

if TYPE_CHECKING:
    from pipelinekit.adapters.build.context import Sources

DOCKERFILE = "Dockerfile"


def context_of(root: Path, folder: str) -> Path:
    """The folder above `root` in which it is at the path `folder`; `root` itself where that is empty.

    Raises `Refused` where it is at no such path, or where that folder is outside of the repository.
    """
    if not folder:
        return root
    fault = folder_fault(root, folder)
    if fault:
        raise Refused(fault)
    return root.resolve().parents[len(Path(folder).parts) - 1]


def folder_fault(root: Path, folder: str, place: Place | None = None) -> Fault | None:
    """What is wrong with `build.folder`, held against the disk; `place` is where it stands."""
    from pipelinekit.adapters.source import dotgit

    whole, parts = root.resolve(), Path(folder).parts
    place = place or Place(str(root / FILE))
    if not parts or "/".join(parts) != folder or whole.parts[-len(parts) :] != parts:
        return Fault(
            "folder-differs",
            f"build.folder says {folder}, and {whole} is no such folder",
            place,
            hint="build.folder is the path from what is built to the folder of this file",
        )
    above = whole.parents[len(parts) - 1]
    found = dotgit.find(root)
    if found is None or not above.is_relative_to(found.top.resolve()):
        return Fault(
            "folder-outside",
            f"build.folder says {folder}, and {above} is outside of the repository",
            place,
            hint="what an image is built from is inside of one git repository: `git init` makes one there",
        )
    return None


def sources_of(root: Path, folder: str, name: str = DOCKERFILE) -> Sources:
    """The build's sources; `name` is the Dockerfile's, in the application's folder."""
    from pipelinekit.adapters.build.context import Sources

    return Sources(context_of(root, folder), f"{folder}/{name}" if folder else name)
