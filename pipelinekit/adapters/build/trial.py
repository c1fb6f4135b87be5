"""What an image has and begins with, in Docker's engine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelinekit.adapters.build.trouble import asked_of, unanswered

if TYPE_CHECKING:
    import docker

LONGEST = 60.0
"""Seconds that it may take."""


def ends_well(client: docker.DockerClient, image: str, words: Sequence[str]) -> bool:
    """Whether it ends with 0; a program that is not in it does not. Raises `ToolFailed` without the image."""
    from docker.errors import ImageNotFound

    with asked_of(image):
        try:
            client.images.get(image)
        except ImageNotFound:
            client.images.pull(image)
        program, *rest = words
        labels = {"dev.pipelinekit": "trial"}
        container = client.containers.create(
            image, entrypoint=[program], command=rest, network_disabled=True, labels=labels
        )
    try:
        container.start()
        return int(container.wait(timeout=LONGEST)["StatusCode"]) == 0
    except unanswered():
        return False
    finally:
        with suppress(*unanswered()):
            container.remove(force=True, v=True)


def begins(client: docker.DockerClient, image: str) -> tuple[str, tuple[str, ...]]:
    """The folder in which it begins, and with which command; raises `ToolFailed` without the image."""
    with asked_of(image):
        found = client.images.get(image).attrs["Config"]
    words = (*(found.get("Entrypoint") or ()), *(found.get("Cmd") or ()))
    return str(found.get("WorkingDir") or ""), words
