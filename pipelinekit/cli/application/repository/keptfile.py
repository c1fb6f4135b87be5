"""The repository's own Dockerfile: which of its stages is the image, and what that says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, Fault, usage

if TYPE_CHECKING:
    from pipelinekit.model.repository.words import Word
    from pipelinekit.plan.detect.signs import Detected


def described(
    seen: Detected, text: str, texts: Mapping[str, str], words: Sequence[Word], target: str
) -> Detected:
    """What was seen, with the words of the repository's own Dockerfile where its stage that is built runs.

    Raises `UsageError` for a `target` that it does not have.
    """
    from pipelinekit.names import nearest
    from pipelinekit.plan.detect import kept
    from pipelinekit.plan.detect.needs import copied
    from pipelinekit.plan.detect.words.stages import final, staged
    from pipelinekit.reading.docker.container import read_container
    from pipelinekit.reading.docker.dockerfile import stages

    try:
        known = [each.name for each in stages(text, {})]
        stage = final(words, known, target)
        container = read_container(text, {}, stage.name or next(iter(stage.open), ""))
    except DocumentInvalid as error:
        return seen.doubting(f"Dockerfile: {error}")
    if target and container is None:
        hint = nearest(target, filter(None, known))
        raise usage("target-unknown", f"--target {target[:60]}: the Dockerfile has no such stage", hint=hint)
    if container is None:
        return seen
    if not kept.runs(container):
        return kept.unstarted(seen, container)
    return copied.marked(staged(kept.described(seen, container), stage), container, texts)


def asked(seen: Detected, name: str, command: str) -> list[Fault]:
    """The question which stage of the Dockerfile is the image, where that is open."""
    if not seen.stages:
        return []
    stages = counted(len(seen.stages), "stage")
    problem = f"{stages} of the Dockerfile may be the image: which one is {name}? nothing was written"
    hint = "\n".join(f"{command} --target {each}" for each in seen.stages)
    return [Fault("target-open", problem, hint=hint)]
