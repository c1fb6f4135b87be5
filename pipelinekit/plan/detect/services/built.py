"""From which folder a service's image is built: what its compose file and its Dockerfile say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.model.repository.services import Built, Service
from pipelinekit.plan.detect.signs import Texts

TOP = "."
FOLDER = re.compile(r"[A-Za-z0-9._@+-]+(?:/[A-Za-z0-9._@+-]+)*")
"""What `build.folder` can say."""


def as_built(texts: Texts, each: Service, built: Sequence[Built]) -> Service:
    """The same as its container is built: with the port that is published, where nothing else says one, and
    from its own folder alone where its Dockerfile is written for that."""
    dockerfile = posixpath.normpath(f"{each.path}/Dockerfile")
    of = [one for one in built if each.path == one.context or dockerfile == one.dockerfile]
    port = next((one.port for one in of if one.port), None)
    each = replace(each, port=port) if port and each.port is None else each
    if dockerfile not in texts or each.path == TOP:
        return each
    context = next((one.context for one in of if one.dockerfile == dockerfile), "")
    if not context:
        context = each.path if _stands_alone(texts, each.path, texts[dockerfile]) else TOP
    if context == each.path:
        return replace(each, base=context, folder="", source=context, package="", member="")
    inside = each.path if context == TOP else each.path.removeprefix(f"{context}/")
    if each.shared or not FOLDER.fullmatch(inside):
        return each
    return replace(each, base=context, folder=inside)


def _stands_alone(texts: Texts, folder: str, dockerfile: str) -> bool:
    """Whether what a Dockerfile copies is in its own folder."""
    lines = re.findall(
        r"^[ \t]*(?:COPY|ADD)[ \t]+(?!.*--from=)([^\n]+)", dockerfile, re.MULTILINE | re.IGNORECASE
    )
    copied = [
        posixpath.normpath(word.strip("[]\"',"))
        for line in lines
        for word in line.split()[:-1]
        if not word.startswith("--") and not re.search(r"[*?$]", word)
    ]
    named = [each for each in copied if each != TOP]
    return all(_is_there(texts, f"{folder}/{each}") for each in named)


def _is_there(texts: Texts, path: str) -> bool:
    return path in texts or any(each.startswith(f"{path}/") for each in texts)
