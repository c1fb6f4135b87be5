"""Folders beside its own that a project's files take: local packages, editable ones, replaced modules."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipelinekit.model.repository.services import Service
from pipelinekit.plan.detect.services.built import FOLDER, TOP
from pipelinekit.plan.detect.signs import Texts
from pipelinekit.plan.detect.tables import toml_of

LANGUAGES = frozenset(("python", "node", "go", "rust"))
"""Those that can be built in a folder of what is copied whole."""
_REQUIREMENTS = re.compile(
    r"requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in)|constraints[^/]*\.txt"
)
_NAMES = re.compile(
    r"(?:^|/)(?:package\.json|pyproject\.toml|Pipfile|Cargo\.toml|go\.mod|go\.work|Dockerfile)$"
)
_ENDS = (".json", ".toml", "Pipfile", ".mod", ".work", "Dockerfile", ".txt", ".in")
_LISTED = re.compile(
    r"^[ \t]*(?:[\w.\[\],-]+[ \t]*@[ \t]*)?(?:-e[ \t]*|--editable[ =]|-r[ \t]*|-c[ \t]*|--requirement[ =])?"
    r"(?:file:(?://)?)?(\.\.?/[^\s#;\[]*)",
    re.MULTILINE,
)
_PDMS = re.compile(r"file:///\$\{PROJECT_ROOT\}/(\.\.[^\s\"'#;\[]*)")
"""As PDM writes it, in whatever list."""
_REPLACED = re.compile(r"=>[ \t]+(\.{1,2}(?:/[^\s]*)?)")
_USED = re.compile(
    r"^[ \t]*(?:use\b[ \t]*)?(?:\([ \t]*)?(\.{1,2}/[^\s()]*)[ \t]*(?:\)[ \t]*)?$", re.MULTILINE
)
_NPM = re.compile(r"(?:file|link|portal):(.*)")
_KEYS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
DEEPEST = 40


def projects(texts: Texts) -> Texts:
    """The files that can name such folders, and Dockerfiles: few of all that there are."""
    return {
        path: text
        for path, text in texts.items()
        if path.endswith(_ENDS) and (_NAMES.search(path) or _REQUIREMENTS.search(path))
    }


def taken(texts: Texts, folder: str = TOP) -> tuple[str, ...]:
    """The folders outside of `folder` that its project needs, and those that these need; sorted.

    Paths are from the top; one that begins with `..` is outside of what is looked at.
    """
    texts = projects(texts)
    found: set[str] = set()
    waiting = [folder]
    while waiting:
        for path in _named(texts, waiting.pop()):
            there = path in texts or path.endswith((".txt", ".in"))
            # A list of requirements is a file in a folder that is needed.
            place = posixpath.dirname(path) or TOP if there else path
            if place not in found and not _is_within(place, folder) and len(found) < DEEPEST:
                found.add(place)
                waiting.append(place)
    return tuple(sorted(found))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/") or (folder == TOP and not path.startswith(".."))


def built_with(texts: Texts, each: Service) -> Service:
    """A service that is built from the folder which has all that it takes; the same where that is its own."""
    if each.base != each.path or each.language not in LANGUAGES or f"{each.path}/Dockerfile" in texts:
        return each
    others = [path for path in taken(texts, each.path) if not path.startswith("..")]
    if not others or each.path == TOP:
        return each
    base = posixpath.commonpath([each.path, *others]) if TOP not in others else ""
    inside = each.path.removeprefix(f"{base}/") if base else each.path
    if not FOLDER.fullmatch(inside) or base == each.path:
        return each
    why = f"{each.why}; it takes {', '.join(others)}"
    return replace(each, base=base or TOP, folder=inside, project="folder", why=why)


def lacking(paths: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence for each folder that no image of it can have."""
    return tuple(
        f"it takes {path}, which is outside of what the image is built from, so that cannot be built: "
        "take it in from the folder that has both, with --from and --service"
        for path in paths
    )


def _named(texts: Texts, folder: str) -> Iterator[str]:
    """The local paths in a folder's project files, from the top."""
    for path in _project_files(texts, folder):
        # Whatever file it is in, pip takes a path from where it runs.
        for each in _paths(posixpath.basename(path), texts[path]):
            yield posixpath.normpath(posixpath.join(folder, each))


def _project_files(texts: Texts, folder: str) -> Iterator[str]:
    names = ("package.json", "pyproject.toml", "Pipfile", "Cargo.toml", "go.mod", "go.work")
    yield from (path for name in names if (path := posixpath.normpath(posixpath.join(folder, name))) in texts)
    start = "" if folder == TOP else f"{folder}/"
    for path in texts:
        if path.startswith(start) and _REQUIREMENTS.fullmatch(path.removeprefix(start)):
            yield path


def _paths(name: str, text: str) -> Iterator[str]:
    if name == "package.json":
        yield from _of_node(text)
    elif name in {"go.mod", "go.work"}:
        yield from _REPLACED.findall(text)
        yield from _USED.findall(text) if name == "go.work" else ()
    elif name.endswith((".txt", ".in")):
        yield from _LISTED.findall(text)
    else:
        yield from _of_toml(name, text)


def _of_node(text: str) -> Iterator[str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in _KEYS:
        listed = data.get(key) if isinstance(data, dict) else None
        for value in listed.values() if isinstance(listed, dict) else ():
            named = _NPM.fullmatch(value) if isinstance(value, str) else None
            if named and not named[1].startswith("/"):
                yield named[1]


def _of_toml(name: str, text: str) -> Iterator[str]:
    data = toml_of(text)
    yield from _tables(data)
    if name == "pyproject.toml":
        yield from _PDMS.findall(text)
        project = data.get("project")
        listed = project.get("dependencies") if isinstance(project, dict) else None
        for each in listed if isinstance(listed, list) else ():
            yield from _LISTED.findall(each) if isinstance(each, str) else ()


def _tables(data: Any, depth: int = 0) -> Iterator[str]:
    """The `path` of every dependency, whichever table it is in."""
    if not isinstance(data, dict) or depth > 8:
        return
    for key, value in data.items():
        if key == "path" and isinstance(value, str) and value.startswith(".."):
            yield value
        elif isinstance(value, list):
            for each in value:
                yield from _tables(each, depth + 1)
        else:
            yield from _tables(value, depth + 1)
