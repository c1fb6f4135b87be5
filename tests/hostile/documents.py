"""The documents with an example of every field, each thinned to what a field needs to be valid."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.hostile.application import APP, IMAGES, OWN_CHART, Document
from tests.hostile.component import COMPONENT, EXTENSION, WITH_ARCHIVE
from tests.hostile.platform import PLATFORM, WITH_POD

Path = tuple[str | int, ...]

RELEASESET: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "ReleaseSet",
    "metadata": {"name": "markedset"},
    "applications": [{"name": "markedmember", "version": "7.7.1", "team": "markedowner"}],
}

DOCUMENTS: dict[str, list[Document]] = {
    "Application": [
        APP,
        *({**APP, "build": {**APP["build"], "language": each}} for each in ("go", "static", "dockerfile")),
        {**APP, "build": {**APP["build"], "language": "java-maven", **IMAGES}},
        {**APP, "chart": OWN_CHART},
        {**APP, "chart": {"path": "marked/chart", "values": {"image": "marked.whole"}}},
    ],
    "Platform": [PLATFORM, WITH_POD],
    "Component": [COMPONENT, WITH_ARCHIVE, EXTENSION],
    "ReleaseSet": [RELEASESET],
}


DIFFERING = {
    ("extension",),
    *(("archive", name) for name in ("name", "repository", "version", "digest", "file")),
    ("jenkins", "agent"),
    ("images", "mirrorCredentials"),
    ("ledger", "release"),
    ("ledger", "pipelines"),
    *(("packages", each) for each in ("pypi", "npm", "maven", "go")),
    *(("build", name) for name in ("version", "base", "runtime", "package", "dependencies", "test", "args")),
    *(("build", name) for name in ("main", "files", "system")),
    *(("chart", name) for name in ("path", "values")),
}
NEEDED = {"apiVersion", "kind", "metadata", "build", "images", "charts", "clusters", "environments"}
NEEDED |= {"people", "groups"}
NEEDED_OF = {
    "ReleaseSet": {"apiVersion", "kind", "metadata", "applications"},
    "Component": {"apiVersion", "kind", "metadata", "namespace", "chart", "archive", "extension"},
}


@cache
def document_of(kind: str, number: int, path: Path) -> Document:
    """The document as far as a field needs it to be valid: the less there is, the quicker."""
    whole = DOCUMENTS[kind][number]
    kept = {
        name: _thin(each, path[1:] if name == path[0] else ())
        for name, each in whole.items()
        if name == path[0]
        or (name in NEEDED_OF.get(kind, NEEDED) and (kind, name) != ("Application", "environments"))
    }
    if path[0] == "chart":
        # Half an image's place is none.
        kept["chart"] = whole["chart"]
    if kind == "Application" and path[0] == "environments":
        # What is overridden must be there.
        kept |= {"run": {"port": 1}, "processes": _thin(whole["processes"], ("markedlistener",))}
    return kept


def _thin(value: Any, path: Path) -> Any:
    """A part of a document without the mappings beside the path."""
    if isinstance(value, list):
        return [_thin(each, path[1:]) if not path or at == path[0] else each for at, each in enumerate(value)]
    if not isinstance(value, dict) or len(path) < 2:
        return value
    return {
        key: _thin(each, path[1:]) if key == path[0] else each
        for key, each in value.items()
        if key == path[0] or not isinstance(each, dict)
    }
