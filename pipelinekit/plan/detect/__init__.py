"""What an existing repository shows of itself: language, program, port, tests, and why we think so."""

from __future__ import annotations

from collections.abc import Callable

from pipelinekit.plan.detect import choices, node, pages, php, python, ruby
from pipelinekit.plan.detect.compiled import dotnet, go, gradle, jvm, maven, rust
from pipelinekit.plan.detect.own import sources
from pipelinekit.plan.detect.routes import with_health
from pipelinekit.plan.detect.signs import Detected, Texts

LOOKS: tuple[Callable[[Texts], Detected | None], ...] = (
    go.look,
    rust.look,
    maven.look,
    gradle.look,
    dotnet.look,
    python.look,
    ruby.look,
    php.look,
    node.look,
    pages.static,
    pages.dockerfile,
)
"""In the order of how sure a sign is: a Go service may well have a package.json for its front end."""


MEMBERS: dict[str, Callable[[Texts, str], Detected | None]] = {"node": node.member, "python": python.member}
"""Languages in which one of several programs is a member of a workspace."""
LISTENING: dict[str, Callable[[Texts, Detected], Detected]] = {
    "go": go.listening,
    "dotnet": dotnet.finished,
    "java-maven": jvm.finished,
    "java-gradle": jvm.finished,
    "rust": rust.listening,
    "node": node.listening,
}
"""Where a program listens, for those that were chosen among several."""


def detect(texts: Texts, name: str = "", package: str = "", service: str = "") -> Detected | None:
    """What the files show, or None when no known language does. The first that fits counts.

    Where there are several programs, `package` names one, else the application's `name` may. `service` is
    the folder of a workspace's member; None when there is no such member.
    """
    if service:
        one = node.member(texts, service) or python.member(texts, service)
        return with_health(sources(texts, one, service), one) if one else None
    for look in LOOKS:
        found = look(texts)
        if found:
            before, found = found, choices.settled(found, name, package)
            if found is not before and found.language in MEMBERS:
                member = MEMBERS[found.language](texts, found.package)
                service = found.package if member else ""
                found = member or LISTENING.get(found.language, _known)(texts, found)
            elif found is not before and found.language in LISTENING:
                found = LISTENING[found.language](texts, found)
            return with_health(sources(texts, found, service), found) if found.server else found
    return None


def _known(_texts: Texts, found: Detected) -> Detected:
    """The same: where it listens is known already."""
    return found
