"""What a platform says of the job `platform/certificates`: whether there is one, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.model.platform.document import PER_TEAM, Environment, Platform, id_of
from pipelinekit.model.platform.rooms.components import TEAM


def environments(platform: Platform) -> tuple[Environment, ...]:
    """One for each cluster, gate or not: a certificate carries no release, and ends all the same."""
    found: dict[str, Environment] = {}
    for each in platform.environments:
        found.setdefault(each.cluster, each)
    return tuple(found.values())


def why_none(platform: Platform) -> str:
    """What the document lacks for it, or empty."""
    if platform.jenkins is None or platform.jenkins.source is None:
        return "jenkins.source does not say which repository the platform is in"
    return ""


def has_job(platform: Platform) -> bool:
    """Whether there is such a job: the document names certificates, and Jenkins can look after them."""
    return platform.certificates is not None and not why_none(platform)


def kubeconfigs(platform: Platform) -> Mapping[str, str]:
    """The id of the kubeconfig of each of these environments that has one."""
    found = {each.name: platform.cluster_of(each).credentials for each in environments(platform)}
    return {name: id_of(each, TEAM) for name, each in found.items() if each}


def credentials(platform: Platform) -> tuple[str, ...]:
    """The ids that the job holds; none where there is no job."""
    if not has_job(platform) or platform.jenkins is None or platform.jenkins.source is None:
        return ()
    given = (*kubeconfigs(platform).values(), platform.jenkins.source.credentials)
    return tuple(dict.fromkeys(each for each in given if each))


def own(platform: Platform) -> frozenset[str]:
    """Those of them that are nobody else's: no team is called as the folder is."""
    given = {platform.cluster_of(each).credentials for each in environments(platform)}
    named = {id_of(each, TEAM) for each in given if PER_TEAM in each}
    return frozenset(named if has_job(platform) and TEAM not in platform.teams else ())
