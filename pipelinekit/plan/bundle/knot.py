"""Who is needed before Nexus runs must not need Nexus to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.errors import Fault
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.rollout.order import Order, needed_by

NEXUS = "nexus"
"""The component's name."""


def hosts(platform: Platform) -> frozenset[str]:
    """The registries that Nexus serves: those of its host, or all of the platform's where it says no host."""
    charts = platform.charts.repository.partition("://")[2].partition("/")[0]
    mine = {platform.images.registry, platform.images.mirror.partition("/")[0], charts}
    mine |= {host for each in platform.environments for host in each.hosts}
    if platform.nexus is None:
        return frozenset(mine - {"", "docker.io"})
    server = _host(platform.nexus.url.partition("://")[2].partition("/")[0])
    return frozenset(each for each in mine if _host(each) == server or _host(each).endswith(f".{server}"))


def faults(order: Order, images: Mapping[str, Sequence[str]], platform: Platform) -> tuple[Fault, ...]:
    """Each component at or below Nexus that pulls from Nexus, with the images; none where Nexus is off."""
    if NEXUS not in order:
        return ()
    served, found = hosts(platform), []
    for name in (NEXUS, *needed_by(NEXUS, order)):
        pulled = [each for each in images.get(name, ()) if each.partition("/")[0] in served]
        if pulled:
            why = "is Nexus" if name == NEXUS else "has to run before Nexus"
            problem = f"{name} {why}, and pulls from it: {', '.join(pulled)}"
            hint = "name another registry in its values, one that `platform unbundle` has filled"
            found.append(Fault("nexus-knot", problem, hint=hint))
    return tuple(found)


def _host(address: str) -> str:
    """A host without its port."""
    host, _, port = address.rpartition(":")
    return host if host and port.isdigit() else address
