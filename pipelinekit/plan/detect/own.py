"""What of a repository with several programs one of them is made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pipelinekit.plan.detect import node, python
from pipelinekit.plan.detect.beside import alone
from pipelinekit.plan.detect.compiled import crates, go
from pipelinekit.plan.detect.node import nest
from pipelinekit.plan.detect.signs import Detected, Texts

_WRITTEN = {
    "node": (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx"),
    "python": (".py",),
    "go": (".go",),
    "rust": (".rs",),
    "dotnet": (".cs", ".fs", ".yml", ".yaml"),
    "java-maven": (".java", ".kt", ".yml", ".yaml", ".properties"),
    "java-gradle": (".java", ".kt", ".yml", ".yaml", ".properties"),
    "ruby": (".rb", ".ru", ".yml", ".yaml"),
    "php": (".php", ".yml", ".yaml"),
}
"""What a language's sources end with, and the settings that it reads."""
_ASIDE = re.compile(
    r"(^|/)(tests?|specs?|e2e|__tests__|__mocks__|mocks?|stubs?|fixtures|examples?|docs|benchmarks?|cypress)/"
    r"|[._-](test|tests|spec)\.|(^|/)(test_|conftest)"
)


def own(texts: Texts, found: Detected, service: str = "") -> Texts:
    """The files that speak of the program that was found, `service` being its folder in a workspace.

    All of them but other projects' below, where it is the only one.
    """
    if service:
        look_for = python.needed if found.language == "python" else node.needed
        return look_for(texts, service)
    return _OWN.get(found.language, _alone)(texts, found)


def sources(texts: Texts, found: Detected, service: str = "") -> Texts:
    """Its own sources and settings, in its own language; tests and examples say nothing of it."""
    endings = _WRITTEN.get(found.language)
    return {
        path: text
        for path, text in own(texts, found, service).items()
        # What a package is called says nothing: `com.example`.
        if (not endings or path.endswith(endings)) and not _ASIDE.search(path.partition("src/main/")[0])
    }


def around(texts: Texts, found: Detected, service: str = "") -> Texts:
    """Its own files, and what of the top is nobody's source."""
    endings = _WRITTEN.get(found.language, ())
    shared = _alone(texts, found)
    rest = {path: text for path, text in shared.items() if not path.endswith(endings)} if endings else shared
    return {**rest, **own(texts, found, service)}


def _alone(texts: Texts, found: Detected) -> Texts:
    return alone(texts, (found.package, found.main, *found.command))


def _go(texts: Texts, found: Detected) -> Texts:
    """Where no program is decided nothing is reached, and all of it counts."""
    return go.own(texts, found) or texts


def _crates(texts: Texts, found: Detected) -> Texts:
    return crates.own(texts, found.chosen.why) if found.chosen else _alone(texts, found)


def _node(texts: Texts, found: Detected) -> Texts:
    return nest.own(texts, found) or _alone(texts, found)


def _project(texts: Texts, found: Detected) -> Texts:
    """Where a project has its folder: what is in that, or in no other one's."""
    if not found.chosen:
        return texts
    own = posixpath.dirname(found.package) if found.language == "dotnet" else found.package
    signs = (".csproj", ".fsproj") if found.language == "dotnet" else ("pom.xml", ".gradle", ".gradle.kts")
    others = {posixpath.dirname(each) for each in texts if each.endswith(signs)} - {"", own}
    prefixes = tuple(f"{each}/" for each in others)
    return {path: text for path, text in texts.items() if not path.startswith(prefixes)}


_OWN: dict[str, Callable[[Texts, Detected], Texts]] = {
    "go": _go,
    "rust": _crates,
    "node": _node,
    "dotnet": _project,
    "java-maven": _project,
    "java-gradle": _project,
}
