"""The site: what one application's generated files may know of its platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.platform.document import id_of
from pipelinekit.model.platform.site import Site

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Platform, Registration

MESH = "istio"


def site_of(platform: Platform, registration: Registration | None, *, library: str, team: str = "") -> Site:
    """The platform as the generated files of one application see it.

    `library` is pipelinekit's own version; `team` counts where there is no registration.
    """
    team = registration.team if registration else team
    named = platform.jenkins.library.version if platform.jenkins and platform.jenkins.library else ""
    automatic = [platform.cluster_of(each).credentials for each in platform.environments if each.automatic]
    mirror, signing = platform.images.mirror_login, platform.images.signing
    return Site(
        library=named.removeprefix("v") or library,
        agent=platform.jenkins.agent if platform.jenkins else Agent(),
        notify=platform.jenkins.notify if platform.jenkins else None,
        branch=registration.branch if registration else "main",
        path=registration.path if registration else ".",
        registry_credentials=id_of(platform.images.credentials, team),
        charts_credentials=id_of(platform.charts.credentials, team),
        kube_credentials=tuple(sorted({id_of(each, team) for each in automatic if each})),
        package_credentials={
            name: proxy.credentials for name, proxy in sorted(platform.packages.items()) if proxy.credentials
        },
        mirror_credentials=mirror.credentials if mirror else "",
        mirror_for_all=mirror.pull_requests if mirror else False,
        signing_credentials=signing.credentials if signing else "",
        signing_password=signing.password if signing else "",
        ledger_credentials=id_of(platform.ledger_keys.credentials, team),
        signs_charts=bool(signing and signing.public_key),
        mesh=any(each.name == MESH and each.enabled for each in platform.components),
    )
