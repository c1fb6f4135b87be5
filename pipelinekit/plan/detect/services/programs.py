"""What is a program: the one at the top, those of one project, and what a folder shows."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from pipelinekit.model.repository.container import Container
from pipelinekit.model.repository.services import Service
from pipelinekit.plan.detect import detect, kept, node
from pipelinekit.plan.detect.services import labels
from pipelinekit.plan.detect.services.built import FOLDER, TOP
from pipelinekit.plan.detect.signs import Choice, Detected, Texts

_NOTHING = re.compile(
    r"no program was found|no package main|no project that runs|no binary was seen|no main class was seen"
    r"|none of the workspaces|no index\.php was found|does it run at all|plugin application is missing"
)
"""Doubts of those that looked and found nothing that runs."""
_STORES = re.compile(
    r"(?:^|/)(?:postgres|postgis|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|elasticsearch|opensearch"
    r"|kibana|cassandra|couchdb|influxdb|clickhouse(?:-server)?|neo4j|minio|zookeeper|kafka|cp-kafka|vault|consul"
    r"|server:\S*mssql|mssql/server|grafana|prometheus|keycloak|localstack|mailhog|adminer|pgadmin4)(?:[:@/]|$)",
    re.IGNORECASE,
)
_STARTED = re.compile(r"^[\w-]+:[ \t]*\S", re.MULTILINE)
"""A line of a Procfile: who has one starts something, whatever its sources show."""
_SOLUTION = re.compile(r"[^/]+\.(?:[cf]sproj|slnx?)")


class _Listening(TypedDict):
    port: int | None
    serves: bool


@dataclass(frozen=True)
class Looked:
    """What a folder shows, and the files below it."""

    texts: Texts
    found: Detected


def at_top(texts: Texts, containers: Mapping[str, Container], found: Detected | None) -> list[Service]:
    container = containers.get("Dockerfile")
    whole = container is not None and kept.runs(container)
    if found is None or not (whole or runs(texts, found)):
        return []
    if found.choices and not whole:
        return of_choices(texts, TOP, found)
    why = "Dockerfile" if whole else found.evidence[0]
    port = container.ports[0] if whole and container and container.ports else found.port
    return [standing(TOP, found.language, port, why)]


def of_choices(texts: Texts, base: str, found: Detected) -> list[Service]:
    """The programs of one project: each is built from the project's folder, and described in its own."""
    places = {each: place(found.language, each) for each in found.choices}
    often = Counter(places.values())
    return [
        Service(
            name=each.name,
            base=base,
            folder=own
            if often[own] == 1 and FOLDER.fullmatch(own)
            else f"services/{labels.label(each.name)}",
            source=base,
            language=found.language,
            **_listening(texts, each),
            why=each.why,
            package="" if each.option == "--service" else each.main or each.package,
            member=each.package if each.option == "--service" else "",
        )
        for each, own in places.items()
    ]


def _listening(texts: Texts, each: Choice) -> _Listening:
    settled = (
        detect(texts, service=each.package)
        if each.option == "--service"
        else detect(texts, package=each.main or each.package)
    )
    port = settled.port if settled and not settled.asks_port else None
    return {"port": port, "serves": settled is None or settled.server}


def place(language: str, each: Choice) -> str:
    """The folder that one program of several has for itself."""
    if language == "rust":
        return posixpath.dirname(each.why.partition(": ")[0])
    if language == "node" and each.option == "--package":
        return each.why.partition(": ")[0]
    if language == "dotnet":
        return posixpath.dirname(each.package)
    return posixpath.normpath(each.package).removeprefix(TOP).lstrip("/")


def standing(folder: str, language: str, port: int | None, why: str) -> Service:
    """A candidate that is built from its own folder."""
    label = posixpath.basename(folder) if folder != TOP else ""
    return Service(name=label, base=folder, folder="", source=folder, language=language, port=port, why=why)


def looked(below: Texts, container: Container | None) -> Looked | None:
    """What a folder is, if it is a program: by a sign at its top, not deeper."""
    whole = container is not None and kept.runs(container) and is_ours(container)
    if container is not None and not is_ours(container):
        return None
    found = detect(below)
    if found is None or (found.language == "dotnet" and not any(_SOLUTION.fullmatch(each) for each in below)):
        return None
    if found.language == "dockerfile" and not whole:
        return None
    if found.language == "static" and found.package != TOP and not whole:
        return None
    if whole and container is not None:
        found = kept.described(found, container)
    elif not runs(below, found):
        return None
    return Looked(below, found)


def runs(texts: Texts, found: Detected) -> bool:
    """Whether what was seen is a program, and no library."""
    if found.choices or _STARTED.search(texts.get("Procfile", "")):
        return True
    if found.language == "node" and not node.runs(texts):
        return False
    return not any(_NOTHING.search(each) for each in found.doubts)


def is_ours(container: Container | None) -> bool:
    return container is None or not _STORES.search(container.base)


def why(folder: str, found: Detected) -> str:
    kept_one = found.keeps_dockerfile
    return f"{folder}/Dockerfile" if kept_one else f"{folder}/{found.evidence[0]}"
