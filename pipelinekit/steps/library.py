"""The shared library as a controller and its repository have it: asked for, and told."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit import names
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.jenkins.library import HOW_TO_TAG, missing_tag, tag_of, trusted
from pipelinekit.ports import Controller, Repositories


def notices(
    platform: Platform, controller: Controller, repositories: Repositories, version: str
) -> Iterator[str]:
    """What an administrator should know; `version` is pipelinekit's own."""
    told = trusted(controller.trusted_libraries())
    if told:
        yield told
    library = platform.jenkins.library if platform.jenkins else None
    if platform.jenkins is None or library is None:
        return
    tag = tag_of(platform.jenkins, version)
    try:
        commit = repositories.tag(library.repository, tag)
    except PipelinekitError as error:
        why = error.faults[0].problem
        yield f"nobody has looked whether the library's repository has the tag {tag}: {why}"
        return
    if not commit:
        yield f"{missing_tag(names.without_login(library.repository), tag)}: {HOW_TO_TAG}"
