"""What a platform says of the job in the folder `draft`: whether there is one, and what it holds."""

from __future__ import annotations

from pipelinekit.model.platform.document import PER_TEAM, Environment, Platform, id_of

TEAM = "draft"
"""Developers' namespaces are of every team: in an id with `{team}` in it their folder's name stands there."""


def environment(platform: Platform) -> Environment | None:
    """The one that developers' copies are like, whose cluster they are in: the first without a gate."""
    return next((each for each in platform.environments if not each.gated), None)


def why_none(platform: Platform) -> str:
    """What the document lacks for it, or empty."""
    if platform.jenkins is None or platform.jenkins.source is None:
        return "jenkins.source does not say which repository the platform is in"
    return "" if environment(platform) else "every environment has a gate"


def has_job(platform: Platform) -> bool:
    """Whether there is such a job: the document asks for it, and Jenkins can do it."""
    return platform.drafts is not None and not why_none(platform)


def kubeconfig(platform: Platform) -> str:
    """The id of the cluster's kubeconfig, or empty."""
    where = environment(platform)
    return id_of(platform.cluster_of(where).credentials, TEAM) if where else ""


def credentials(platform: Platform) -> tuple[str, ...]:
    """The ids that the job holds; none where there is no job."""
    if not has_job(platform) or platform.jenkins is None or platform.jenkins.source is None:
        return ()
    given = (kubeconfig(platform), platform.jenkins.source.credentials)
    return tuple(dict.fromkeys(each for each in given if each))


def own(platform: Platform) -> frozenset[str]:
    """What of them is nobody else's: no team is called as the folder is."""
    where = environment(platform)
    named = where is not None and PER_TEAM in platform.cluster_of(where).credentials
    mine = named and has_job(platform) and TEAM not in platform.teams
    return frozenset([kubeconfig(platform)] if mine else ())
