"""What an image is built from: the application's folder, or one above that it shares with others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.errors import Place, refused
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
    from pipelinekit.adapters.source import dotgit

    whole, parts = root.resolve(), Path(folder).parts
    place = Place(str(root / FILE))
    if not parts or "/".join(parts) != folder or whole.parts[-len(parts) :] != parts:
        raise refused(
            "folder-differs",
            f"build.folder says {folder}, and {whole} is no such folder",
            hint="build.folder is the path from what is built to the folder of this file",
            place=place,
        )
    above = whole.parents[len(parts) - 1]
    found = dotgit.find(root)
    if found is None or not above.is_relative_to(found.top.resolve()):
        raise refused(
            "folder-outside",
            f"build.folder says {folder}, and {above} is outside of the repository",
            hint="what an image is built from is inside of one git repository: `git init` makes one there",
            place=place,
        )
    return above


def sources_of(root: Path, folder: str, name: str = DOCKERFILE) -> Sources:
    """The build's sources; `name` is the Dockerfile's, in the application's folder."""
    from pipelinekit.adapters.build.context import Sources

    return Sources(context_of(root, folder), f"{folder}/{name}" if folder else name)
