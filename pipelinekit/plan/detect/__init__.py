"""What an existing repository shows of itself: language, program, port, tests, and why we think so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pipelinekit.plan.detect import choices, dotnet, go, gradle, jvm, node, pages, php, python, rust
from pipelinekit.plan.detect.signs import Detected, Texts, search

LOOKS: tuple[Callable[[Texts], Detected | None], ...] = (
    go.look,
    rust.look,
    jvm.maven,
    gradle.look,
    dotnet.look,
    python.look,
    pages.ruby,
    php.look,
    node.look,
    pages.static,
    pages.dockerfile,
)
"""In the order of how sure a sign is: a Go service may well have a package.json for its front end."""


LISTENING: dict[str, Callable[[Texts, Detected], Detected]] = {
    "go": go.listening,
    "dotnet": dotnet.finished,
    "java-maven": jvm.finished,
    "java-gradle": jvm.finished,
    "rust": rust.listening,
}
"""Where a program listens, for those that were chosen among several."""


def detect(texts: Texts, name: str = "", package: str = "", service: str = "") -> Detected | None:
    """What the files show, or None when no known language does. The first that fits counts.

    Where there are several programs, `package` names one, else the application's `name` may. `service` is
    the folder of a workspace's member; None when there is no such member.
    """
    if service:
        one = node.member(texts, service)
        return _with_health(texts, one) if one else None
    for look in LOOKS:
        found = look(texts)
        if found:
            before, found = found, choices.settled(found, name, package)
            if found is not before and found.language == "node":
                found = node.member(texts, found.package) or found
            elif found is not before and found.language in LISTENING:
                found = LISTENING[found.language](texts, found)
            return _with_health(texts, found) if found.server else found
    return None


def applications_in(texts: Texts) -> dict[str, Detected]:
    """In a monorepo: the folders that look like applications of their own, each with what it shows."""
    within = _within(texts)
    found: dict[str, Detected] = {}
    for folder in sorted({path.rpartition("/")[0] for path in texts} - {""}):
        if any(above in found for above in _above(folder)):
            continue
        # A folder counts when the sign is at its top, not deeper.
        detected = detect(
            {path: text for path, text in within[folder].items() if "/" not in path or _is_source(path)}
        )
        if detected and detected.language not in {"static", "dockerfile"}:
            found[folder] = detected
    return found


def _within(texts: Texts) -> dict[str, dict[str, str]]:
    """What is in each folder, however deep, by its path from there."""
    found: dict[str, dict[str, str]] = {}
    for path, text in texts.items():
        for folder in _above(path):
            found.setdefault(folder, {})[path.removeprefix(f"{folder}/")] = text
    return found


def _above(path: str) -> Iterator[str]:
    """The folders that a path is in, the nearest first."""
    while path := path.rpartition("/")[0]:
        yield path


def _is_source(path: str) -> bool:
    return path.startswith(("src/", "cmd/", "tests/", "test/", "app/"))


def _with_health(texts: Texts, found: Detected) -> Detected:
    if found.health:
        return found
    match = search(
        texts,
        r"\.(py|go|[cm]?[jt]s|java|rs|rb|php|ya?ml|properties)$",
        r"[\"'](/(?:healthz|health|livez|ping|-/healthy))[\"']",
    )
    return (
        replace(found, health=match[1]).because(f"a route {match[1]}: the health check") if match else found
    )
