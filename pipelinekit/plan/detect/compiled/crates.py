"""Rust: which sources of a workspace a binary is made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.plan.detect.signs import Texts
from pipelinekit.plan.detect.tables import toml_of

_TABLES = ("dependencies", "build-dependencies")


def own(texts: Texts, why: str) -> Texts:
    """The Rust files of the binary that was chosen because of `why`, a manifest's path before a colon, and of
    the local packages that it takes, however far; those of other binaries left out."""
    manifests = {
        posixpath.dirname(path): toml_of(text)
        for path, text in texts.items()
        if posixpath.basename(path) == "Cargo.toml"
    }
    folder = posixpath.dirname(why.partition(": ")[0])
    taken = _taken(manifests, folder)
    file = _file(manifests.get(folder, {}), folder, why.partition(": ")[2], texts)
    # A binary in a folder of its own has its modules there.
    beside = f"{posixpath.dirname(file)}/" if re.search(r"(?:^|/)src/bin/[^/]+/main\.rs$", file) else file
    return {
        path: text
        for path, text in texts.items()
        if path.endswith(".rs")
        and (home := _home(path, manifests)) in taken
        and (path == file or not _is_other(path.removeprefix(f"{home}/")) or path.startswith(beside))
    }


def _file(manifest: Mapping[str, Any], folder: str, said: str, texts: Texts) -> str:
    """The file that has the binary's `main`."""
    if said.endswith(".rs"):
        return said
    name = said.removeprefix("[[bin]] ")
    listed = manifest.get("bin")
    paths = [
        each["path"]
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict) and each.get("name") == name and isinstance(each.get("path"), str)
    ]
    usual = (*paths, f"src/bin/{name}.rs", f"src/bin/{name}/main.rs", "src/main.rs")
    named = (posixpath.normpath(posixpath.join(folder, each)) for each in usual)
    return next((each for each in named if each in texts), "")


def _is_other(inside: str) -> bool:
    """Whether a file of a package is a binary of its own, or a part of one."""
    return inside == "src/main.rs" or inside.startswith("src/bin/")


def _home(path: str, manifests: Mapping[str, Any]) -> str | None:
    """The folder of the package that a file is in; None for none."""
    folder = posixpath.dirname(path)
    while folder not in manifests:
        if not folder:
            return None
        folder = posixpath.dirname(folder)
    return folder


def _taken(manifests: Mapping[str, Mapping[str, Any]], folder: str) -> set[str]:
    """The folders of the packages that one takes by their paths, itself included."""
    shared = _table(_table(manifests.get("", {}), "workspace"), "dependencies")
    found, waiting = {folder}, [folder]
    while waiting:
        place = waiting.pop()
        for each in _local(manifests.get(place, {}), place, shared):
            if each in manifests and each not in found:
                found.add(each)
                waiting.append(each)
    return found


def _local(manifest: Mapping[str, Any], place: str, shared: Mapping[str, Any]) -> Iterator[str]:
    for key in _TABLES:
        for name, said in _table(manifest, key).items():
            if not isinstance(said, dict):
                continue
            # What the workspace says of it stands at the top, and its paths count from there.
            one, at = (shared.get(name), "") if said.get("workspace") is True else (said, place)
            if isinstance(one, dict) and isinstance(one.get("path"), str):
                there = posixpath.normpath(posixpath.join(at, one["path"]))
                yield "" if there == "." else there


def _table(manifest: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = manifest.get(key)
    return found if isinstance(found, dict) else {}
