"""What of a repository with several programs one of them is made of."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from pipelinekit.plan.detect import node, python
from pipelinekit.plan.detect.compiled import crates, go
from pipelinekit.plan.detect.signs import Detected, Texts


def own(texts: Texts, found: Detected, service: str = "") -> Texts:
    """The files that speak of the program that was found, `service` being its folder in a workspace.

    All of them, where it is the only one.
    """
    if service:
        look_for = python.needed if found.language == "python" else node.needed
        return look_for(texts, service)
    look = _OWN.get(found.language)
    return look(texts, found) if look and found.chosen else texts


def _crates(texts: Texts, found: Detected) -> Texts:
    return crates.own(texts, found.chosen.why) if found.chosen else texts


def _project(texts: Texts, found: Detected) -> Texts:
    """Where a project has its folder: what is in that, or in no other one's."""
    own = posixpath.dirname(found.package) if found.language == "dotnet" else found.package
    signs = (".csproj", ".fsproj") if found.language == "dotnet" else ("pom.xml", ".gradle", ".gradle.kts")
    others = {posixpath.dirname(each) for each in texts if each.endswith(signs)} - {"", own}
    prefixes = tuple(f"{each}/" for each in others)
    return {path: text for path, text in texts.items() if not path.startswith(prefixes)}


_OWN: dict[str, Callable[[Texts, Detected], Texts]] = {
    "go": go.own,
    "rust": _crates,
    "dotnet": _project,
    "java-maven": _project,
    "java-gradle": _project,
}
