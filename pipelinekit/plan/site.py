"""The site: what one application's generated files may know of its platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.model.agent import Agent
from pipelinekit.model.site import Site

if TYPE_CHECKING:
    from pipelinekit.model.platform import Platform, Registration

MESH = "istio"


def site_of(platform: Platform, registration: Registration | None, *, library: str) -> Site:
    """The platform as the generated files of one application see it."""
    automatic = [platform.cluster_of(each).credentials for each in platform.environments if each.automatic]
    mirror = platform.images.mirror_login
    return Site(
        library=library,
        agent=platform.jenkins.agent if platform.jenkins else Agent(),
        notify=platform.jenkins.notify if platform.jenkins else None,
        branch=registration.branch if registration else "main",
        path=registration.path if registration else ".",
        registry_credentials=platform.images.credentials,
        charts_credentials=platform.charts.credentials,
        kube_credentials=tuple(sorted({each for each in automatic if each})),
        package_credentials={
            name: proxy.credentials for name, proxy in sorted(platform.packages.items()) if proxy.credentials
        },
        mirror_credentials=mirror.credentials if mirror else "",
        mirror_for_all=mirror.pull_requests if mirror else False,
        mesh=any(each.name == MESH for each in platform.components),
    )
