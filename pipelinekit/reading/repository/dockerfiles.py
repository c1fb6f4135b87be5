"""Dockerfiles that are not at the top: no build of ours uses them, but what they say counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.repository.words import Word
from pipelinekit.reading.docker.container import read_container
from pipelinekit.reading.repository.document import line_in

_PATH = re.compile(
    r"(?:(?:docker|\.docker|deploy|deployments?|ops|ci|infra)/(?:[\w-]+/)?)?"
    r"(?:Dockerfile(?:\.[\w-]+)?|[\w-]+\.[Dd]ockerfile)"
)
_OTHERS = re.compile(r"dev|test|local|debug|ci\b|lint|base|ignore|j2|tmpl", re.IGNORECASE)


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """The words of the only one, where there is none at the top."""
    paths = [each for each in texts if _PATH.fullmatch(each) and not _OTHERS.search(each.rpartition("/")[2])]
    if "Dockerfile" in texts or len(paths) != 1:
        return
    path = paths[0]
    try:
        container = read_container(texts[path], {})
    except DocumentInvalid as error:
        yield Word(what="note", value=str(error).partition("\n")[0][:200], place=path)
        return
    if container is None:
        return
    yield Word(what="dockerfile", value=path, place=path)
    place = line_in(texts[path], path, r"^[^\S\n]*(?i:EXPOSE)\s")
    for port in container.ports:
        yield Word(what="port", value=str(port), place=place)
    if container.health:
        place = line_in(texts[path], path, r"^[^\S\n]*(?i:HEALTHCHECK)\s")
        yield Word(what="health", value=container.health, place=place)
