"""Folders that look like programs of their own, by their signs or by what is declared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipelinekit.model.repository.container import Container
from pipelinekit.model.repository.services import Built, Service
from pipelinekit.plan.detect import detect, kept
from pipelinekit.plan.detect.services import programs
from pipelinekit.plan.detect.services.built import FOLDER, TOP
from pipelinekit.plan.detect.signs import Texts

_SIGN = re.compile(
    r"go\.mod|Cargo\.toml|pom\.xml|(?:settings|build)\.gradle(?:\.kts)?|[^/]+\.(?:[cf]sproj|slnx?)"
    r"|requirements\.txt|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|manage\.py|Gemfile|composer\.json"
    r"|package\.json|index\.(?:php|html)|Dockerfile"
)
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|e2e|specs?|examples?|samples?|docs?|tools?|tooling|scripts?|hack|bench(?:marks?)?|fixtures?"
    r"|testdata|__tests__|__mocks__|cypress|playwright|storybook|infra|infrastructure|terraform|ansible|ci"
    r"|load-?tests?|\.[\w-]+)(?:/|$)|[-_.](?:tests?|e2e|it)(?:/|$)",
    re.IGNORECASE,
)


_PARTS = re.compile(
    r"(?:^|/)(?:layouts?|themes?|templates?|partials?|views?|assets|static|resources|archetypes|wwwroot)(?:/|$)|^Public$"
)
"""Where a page is a part of a program, and no site."""


def look_at(texts: Texts, folder: str) -> Texts:
    """The files below a folder, as if it stood alone."""
    if folder == TOP:
        return texts
    return {
        path.removeprefix(f"{folder}/"): each for path, each in texts.items() if path.startswith(f"{folder}/")
    }


def is_aside(each: Built) -> bool:
    return bool(_ASIDE.search(each.context)) or bool(_ASIDE.search(posixpath.dirname(each.dockerfile)))


def below(texts: Texts, containers: Mapping[str, Container]) -> Iterator[Service]:
    """The folders that look like programs of their own, the outermost first."""
    folders = {
        posixpath.dirname(path)
        for path in texts
        if "/" in path
        and _SIGN.fullmatch(posixpath.basename(path))
        and not _ASIDE.search(posixpath.dirname(path))
    }
    within = _within(texts, folders)
    taken: list[str] = []
    for folder in sorted(folders, key=lambda each: (each.count("/"), each)):
        if any(folder.startswith(f"{each}/") for each in taken):
            continue
        looked = programs.looked(within[folder], containers.get(f"{folder}/Dockerfile"))
        if looked is None or (looked.found.language == "static" and _PARTS.search(folder)):
            continue
        taken.append(folder)
        if looked.found.choices:
            yield from programs.of_choices(looked.texts, folder, looked.found)
        else:
            found, why = looked.found, programs.why(folder, looked.found)
            yield replace(programs.standing(folder, found.language, found.port, why), serves=found.server)


def _within(texts: Texts, folders: set[str]) -> dict[str, dict[str, str]]:
    """What is in each of the folders, however deep, by its path from there."""
    found: dict[str, dict[str, str]] = {each: {} for each in folders}
    for path, text in texts.items():
        above = path
        while above := posixpath.dirname(above):
            if above in found:
                found[above][path[len(above) + 1 :]] = text
    return found


def declared(
    texts: Texts, built: Sequence[Built], containers: Mapping[str, Container], known: set[str]
) -> Iterator[Service]:
    """Those that compose files build, and folders with sources and a Dockerfile of their own."""
    for each in built:
        folder = posixpath.dirname(each.dockerfile) or TOP
        plain = posixpath.basename(each.dockerfile) == "Dockerfile"
        if not plain or not (folder == each.context or each.context == TOP):
            folder = each.context
        if folder in known or (each.dockerfile not in containers and not look_at(texts, folder)):
            continue
        container = containers.get(each.dockerfile)
        below = look_at(texts, folder)
        found = detect(below)
        if found is None and container is None:
            continue
        known = known | {folder}
        inside = folder.removeprefix(f"{each.context}/") if each.context != TOP else folder
        shared = plain and folder != each.context and FOLDER.fullmatch(inside)
        yield Service(
            name=each.name,
            base=each.context if shared or not plain else folder,
            folder=inside if shared else "",
            source=folder,
            language=found.language if found else "dockerfile",
            port=each.port,
            why=f"{each.place}: built by the service {each.name}",
        )
    for path, container in sorted(containers.items()):
        folder = posixpath.dirname(path)
        if (
            not folder
            or folder in known
            or _ASIDE.search(folder)
            or any(folder.startswith(f"{k}/") for k in known - {TOP})
        ):
            continue
        looked = programs.looked(look_at(texts, folder), container)
        if looked and looked.found.language != "dockerfile" and kept.runs(container):
            yield programs.standing(folder, looked.found.language, looked.found.port, path)
