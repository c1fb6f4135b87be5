"""Which programs a repository has that could be applications: counted before one is chosen.

Libraries, tests, tools and databases are none. Where the top is a program itself, a folder below is one of
its own only when a compose file or a Dockerfile of its own says so: a server may well have a front end.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelinekit import names
from pipelinekit.model.container import Container
from pipelinekit.model.services import Built, Service
from pipelinekit.plan.detect import detect, kept, node
from pipelinekit.plan.detect.services.built import FOLDER, TOP, as_built
from pipelinekit.plan.detect.signs import Choice, Detected, Texts

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
_SOLUTION = re.compile(r"[^/]+\.(?:[cf]sproj|slnx?)")


@dataclass(frozen=True)
class _Looked:
    """What a folder shows, and the files below it."""

    texts: Texts
    found: Detected


def services(
    texts: Texts, builds: Sequence[Built], containers: Mapping[str, Container], top: Detected | None
) -> tuple[Service, ...]:
    """All candidates, sorted by their folders; `containers` has what the Dockerfiles come to, by their paths.

    `top` is what the whole of it shows.
    """
    built = [each for each in builds if _is_ours(containers.get(each.dockerfile)) and not _aside(each)]
    found = {each.path: each for each in _at_top(texts, containers, top)}
    leads = node.leads(texts) and any(each.context != TOP for each in built)
    alone = not found or leads
    below = {} if not alone else {each.path: each for each in _below(texts, containers)}
    if below and (leads or _is_only_pages(found)):
        found = {}
    for each in (*below.values(), *_declared(texts, built, containers, set(found) | set(below))):
        found.setdefault(each.path, each)
    found = {path: as_built(texts, each, built) for path, each in found.items()}
    return _named(tuple(found[path] for path in sorted(found)))


def look_at(texts: Texts, folder: str) -> Texts:
    """The files below a folder, as if it stood alone."""
    if folder == TOP:
        return texts
    return {
        path.removeprefix(f"{folder}/"): each for path, each in texts.items() if path.startswith(f"{folder}/")
    }


def runs(texts: Texts, found: Detected) -> bool:
    """Whether what was seen is a program, and no library."""
    if found.choices:
        return True
    if found.language == "node" and not node.runs(texts):
        return False
    return not any(_NOTHING.search(each) for each in found.doubts)


def _is_ours(container: Container | None) -> bool:
    return container is None or not _STORES.search(container.base)


def _aside(each: Built) -> bool:
    return bool(_ASIDE.search(each.context)) or bool(_ASIDE.search(posixpath.dirname(each.dockerfile)))


def _at_top(texts: Texts, containers: Mapping[str, Container], found: Detected | None) -> list[Service]:
    container = containers.get("Dockerfile")
    whole = container is not None and kept.runs(container)
    if found is None or not (whole or runs(texts, found)):
        return []
    if found.choices and not whole:
        return _of_choices(texts, TOP, found)
    why = "Dockerfile" if whole else found.evidence[0]
    port = container.ports[0] if whole and container and container.ports else found.port
    return [_service(TOP, found.language, port, why)]


def _is_only_pages(found: Mapping[str, Service]) -> bool:
    """Whether the top is nothing but a page beside the programs."""
    return all(each.language == "static" for each in found.values())


def _service(folder: str, language: str, port: int | None, why: str) -> Service:
    """A candidate that is built from its own folder."""
    label = posixpath.basename(folder) if folder != TOP else ""
    return Service(name=label, base=folder, folder="", source=folder, language=language, port=port, why=why)


def _of_choices(texts: Texts, base: str, found: Detected) -> list[Service]:
    """The programs of one project: each is built from the project's folder, and described in its own."""
    places = {each: _place(found.language, each) for each in found.choices}
    often = Counter(places.values())
    return [
        Service(
            name=each.name,
            base=base,
            folder=place
            if often[place] == 1 and FOLDER.fullmatch(place)
            else f"services/{_label(each.name)}",
            source=base,
            language=found.language,
            port=_port_of(texts, each),
            why=each.why,
            package="" if each.option == "--service" else each.main or each.package,
            member=each.package if each.option == "--service" else "",
        )
        for each, place in places.items()
    ]


def _port_of(texts: Texts, each: Choice) -> int | None:
    settled = (
        detect(texts, service=each.package)
        if each.option == "--service"
        else detect(texts, package=each.main or each.package)
    )
    return settled.port if settled and not settled.asks_port else None


def _place(language: str, each: Choice) -> str:
    if language == "rust":
        return posixpath.dirname(each.why.partition(": ")[0])
    if language == "dotnet":
        return posixpath.dirname(each.package)
    return posixpath.normpath(each.package).removeprefix(TOP).lstrip("/")


def _below(texts: Texts, containers: Mapping[str, Container]) -> Iterator[Service]:
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
        looked = _looked(within[folder], containers.get(f"{folder}/Dockerfile"))
        if looked is None:
            continue
        taken.append(folder)
        if looked.found.choices:
            yield from _of_choices(looked.texts, folder, looked.found)
        else:
            yield _service(folder, looked.found.language, looked.found.port, _why(folder, looked.found))


def _within(texts: Texts, folders: set[str]) -> dict[str, dict[str, str]]:
    """What is in each of the folders, however deep, by its path from there."""
    found: dict[str, dict[str, str]] = {each: {} for each in folders}
    for path, text in texts.items():
        above = path
        while above := posixpath.dirname(above):
            if above in found:
                found[above][path[len(above) + 1 :]] = text
    return found


def _looked(below: Texts, container: Container | None) -> _Looked | None:
    """What a folder is, if it is a program: by a sign at its top, not deeper."""
    whole = container is not None and kept.runs(container) and _is_ours(container)
    if container is not None and not _is_ours(container):
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
    return _Looked(below, found)


def _why(folder: str, found: Detected) -> str:
    kept_one = found.keeps_dockerfile
    return f"{folder}/Dockerfile" if kept_one else f"{folder}/{found.evidence[0]}"


def _declared(
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
        looked = _looked(look_at(texts, folder), container)
        if looked and looked.found.language != "dockerfile" and kept.runs(container):
            yield _service(folder, looked.found.language, looked.found.port, path)


def _label(name: str) -> str:
    return names.label_from(name, names.APPLICATION_MAX) or "app"


def _named(found: tuple[Service, ...]) -> tuple[Service, ...]:
    """The same, each by a name of its own that an application can have."""
    often = Counter(_label(each.name) for each in found if each.name)
    taken: set[str] = set()
    named = []
    for each in found:
        label = _label(each.name) if each.name else ""
        if label and often[label] > 1:
            label = _label(each.path.replace("/", "-"))
        while label in taken:
            label = f"{label[: names.APPLICATION_MAX - 2]}-2" if not label.endswith("-2") else f"{label}x"
        taken.add(label) if label else None
        named.append(replace(each, name=label))
    return tuple(named)
