"""What a platform says of the jobs in the folder `platform`: where they go, what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.model.platform.document import PER_TEAM, Environment, Platform, id_of

TEAM = "platform"
"""Components are no team's: in an id with `{team}` in it their folder's name stands there."""


def names(platform: Platform) -> tuple[str, ...]:
    """The components that are on."""
    return tuple(each.name for each in platform.components if each.enabled)


def environments(platform: Platform) -> tuple[Environment, ...]:
    """Where Jenkins changes components: past a gate people promote them, in a terminal."""
    return tuple(each for each in platform.environments if not each.gated)


def why_none(platform: Platform) -> str:
    """What the document lacks for them, or empty."""
    if platform.jenkins is None or platform.jenkins.source is None:
        return "jenkins.source does not say which repository the platform is in"
    if not environments(platform):
        return "every environment has a gate, and Jenkins promotes no components"
    return ""


def has_jobs(platform: Platform) -> bool:
    """Whether there are such jobs: a component is on, and Jenkins can bring it somewhere."""
    return bool(names(platform)) and not why_none(platform)


def kubeconfigs(platform: Platform) -> Mapping[str, str]:
    """The id of the kubeconfig of each environment that has one."""
    found = {each.name: platform.cluster_of(each).credentials for each in environments(platform)}
    return {name: id_of(each, TEAM) for name, each in found.items() if each}


def logins(platform: Platform) -> Mapping[str, str]:
    """The ids of the logins at the registries, by the word in the variables that they are bound to."""
    of = {"REGISTRY": platform.images.credentials, "CHARTS": platform.charts.credentials}
    return {word: id_of(each, TEAM) for word, each in of.items() if each}


def credentials(platform: Platform) -> tuple[str, ...]:
    """The ids that the jobs hold; none where there are no jobs."""
    if not has_jobs(platform):
        return ()
    given = [*logins(platform).values(), *kubeconfigs(platform).values()]
    if platform.jenkins and platform.jenkins.source:
        given.append(platform.jenkins.source.credentials)
    return tuple(dict.fromkeys(each for each in given if each))


def own(platform: Platform) -> frozenset[str]:
    """Those of them that are nobody else's: no team is called as the folder is."""
    given = {platform.images.credentials, platform.charts.credentials}
    given |= {platform.cluster_of(each).credentials for each in environments(platform)}
    named = {id_of(each, TEAM) for each in given if PER_TEAM in each}
    return frozenset(named if has_jobs(platform) and TEAM not in platform.teams else ())
