"""Who is needed before Nexus runs must not need Nexus to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.errors import Fault, Place
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.rollout.order import Order, needed_by

NEXUS = "nexus"
"""The component's name."""
Written = Mapping[str, Place]
"""Where an image, or the beginning of its name, is written; what the empty word has is for all others."""


def is_served(image: str, platform: Platform) -> bool:
    """Whether Nexus serves this image, or the images of this registry.

    It serves what is on its host and its subdomains, whatever the port: each of its repositories may have one
    of its own. Where the platform says no host, it serves all of the platform's registries.
    """
    host = image.partition("/")[0]
    if platform.nexus is None:
        return host in _own(platform)
    server = _host(platform.nexus.url.partition("://")[2].partition("/")[0])
    return _host(host) == server or _host(host).endswith(f".{server}")


def tied(order: Order) -> tuple[str, ...]:
    """Nexus and all that has to run before it; nothing where Nexus is off."""
    return (NEXUS, *needed_by(NEXUS, order)) if NEXUS in order else ()


def faults(
    order: Order,
    images: Mapping[str, Sequence[str]],
    platform: Platform,
    written: Mapping[str, Written] | None = None,
) -> tuple[Fault, ...]:
    """Each component at or below Nexus that pulls from Nexus, with the images, at each place that says so."""
    found = []
    for name in tied(order):
        said = (written or {}).get(name, {})
        pulled: dict[Place | None, list[str]] = {}
        for each in images.get(name, ()):
            if is_served(each, platform):
                pulled.setdefault(_place(each, said), []).append(each)
        why = "is Nexus" if name == NEXUS else "has to run before Nexus"
        hint = "name another registry in its values, one that `platform unbundle` has filled"
        for place, names in pulled.items():
            problem = f"{name} {why}, and pulls from it: {', '.join(names)}"
            found.append(Fault("nexus-knot", problem, place, hint=hint))
    return tuple(found)


def _place(image: str, written: Written) -> Place | None:
    """Where the longest beginning of an image's name is written."""
    begun = [
        each
        for each in written
        if each and (image == each or image.startswith((f"{each}/", f"{each}:", f"{each}@")))
    ]
    return written.get(max(begun, key=len, default=""))


def _own(platform: Platform) -> set[str]:
    charts = platform.charts.repository.partition("://")[2].partition("/")[0]
    mine = {platform.images.registry, platform.images.mirror.partition("/")[0], charts}
    mine |= {host for each in platform.environments for host in each.hosts}
    return mine - {"", "docker.io"}


def _host(address: str) -> str:
    """A host without its port."""
    host, _, port = address.rpartition(":")
    return host if host and port.isdigit() else address
