"""What an image has and begins with, before anything is installed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelinekit.errors import refused
from pipelinekit.model.release import ImageRef

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.draft import Built


def ends_well(here: Draft, image: ImageRef, words: Sequence[str]) -> bool:
    """Whether it ends with 0 in the image; raises `ToolFailed` where the engine cannot get that."""
    from pipelinekit.adapters.build.engines import choose

    return choose(os.environ, here.images, here.login).ends_well(image, words)


def begins(here: Draft, built: Built) -> tuple[ImageRef, str, tuple[str, ...]]:
    """The image by its name, the folder in which it begins, and with which command.

    Where it is in no registry, the engine that has it is asked.
    """
    from pipelinekit.adapters.build.docker import DockerEngine

    host, _, path = built.repository.partition("/")
    image = ImageRef(host, path, tag=built.tag, digest=built.digest)
    return (image, *(here.images if built.digest else DockerEngine(here.login)).begins(image))


def require_shell(here: Draft, image: ImageRef) -> None:
    """Raise `Refused` where an image that serves files has not what writes them."""
    from pipelinekit.adapters.sync.shells import NEEDED

    look = f"for each in {' '.join(NEEDED)}; do command -v $each || exit 1; done"
    if not ends_well(here, image, ["sh", "-c", look]):
        problem = f"the image has no shell with {', '.join(NEEDED)}"
        raise refused("sync-layout", problem, hint="--no-sync")
