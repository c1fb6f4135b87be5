"""Several services in one repository: the table that asks, and those that were named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.model.repository.services import Service

if TYPE_CHECKING:
    from pipelinekit.model.repository.container import Container
    from pipelinekit.plan.detect.signs import Detected

MOST = 200
"""Services that a table shows."""


def services_in(texts: Mapping[str, str], name: str = "", top: Detected | None = None) -> tuple[Service, ...]:
    """The candidates that a repository has; `top` is what it shows, where that is known."""
    from pipelinekit.plan.detect.services import programs, services
    from pipelinekit.reading.repository import compose

    containers, top = _containers(texts), top or top_of(texts, name)
    if top and top.chosen and f"{programs.place(top.language, top.chosen)}/Dockerfile" in containers:
        # With a Dockerfile in its own folder it is one of several there, whatever the application is called.
        top = top_of(texts, "")
    return services(texts, tuple(compose.builds(texts)), containers, top)


def top_of(texts: Mapping[str, str], name: str) -> Detected | None:
    """What the top shows; of several programs, the one that the repository's own files start."""
    from pipelinekit.model.repository.words import Whom
    from pipelinekit.plan.detect import detect
    from pipelinekit.plan.detect.words import commands
    from pipelinekit.reading.repository import read_words

    found = detect(texts, name)
    whom = Whom(names=(name,) if name else ())
    package = commands.program(found.choices, read_words(texts, whom)) if found and found.choices else ""
    return detect(texts, name, package) if package else found


def _containers(texts: Mapping[str, str]) -> dict[str, Container]:
    """What each Dockerfile comes to; one that cannot be read is none."""
    from pipelinekit.reading.docker.container import read_container

    found = {}
    for path, text in texts.items():
        if path == "Dockerfile" or path.endswith("/Dockerfile"):
            try:
                container = read_container(text, {})
            except DocumentInvalid:
                continue
            if container:
                found[path] = container
    return found


def named(found: Sequence[Service], service: str) -> Service | None:
    """The one that is called so, or whose folder that is."""
    wanted = service.removeprefix("./") or "."
    by_path = [each for each in found if wanted in {each.path, each.member or None}]
    by_name = [each for each in found if each.name == wanted]
    return next(iter((*by_path, *by_name)), None)


def are_several(found: Sequence[Service]) -> bool:
    """Whether somebody has to say which: more than the one at the top."""
    return len(found) > 1 or any(each.path != "." or each.shared for each in found)


def open_fault(folder: Path, found: Sequence[Service], lines: Sequence[str], every: str) -> Fault:
    """The question which of them it is: a table, and the commands that settle it."""
    from pipelinekit.plan.detect.columns import table

    rows = [
        (
            each.path,
            each.language,
            port_of(each),
            each.why + (f"; built from {each.base}" if each.shared else ""),
        )
        for each in found[:MOST]
    ]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    heads = ("folder", "language", "port", "why")
    hint = "\n".join([*table(heads, rows), *more, "one of them:", *lines[:MOST], "all of them:", every])
    count = len(found)
    what = f"has {counted(count, 'service')}" if count > 1 else f"has its one service in {found[0].path}"
    return Fault("services-open", f"{folder} {what}: which is it? nothing was written", hint=hint)


def port_of(each: Service) -> str:
    """Its port for a table: a question mark where it serves, and nobody has said where."""
    return str(each.port or ("?" if each.serves else "none"))


def shown(each: Service, line: str) -> dict[str, Any]:
    """One of them for machines."""
    return {
        "name": each.name,
        "folder": each.path,
        "context": each.base,
        "language": each.language,
        "port": each.port,
        "why": each.why,
        "command": line,
    }
