"""What a platform says of the jobs in the folder `release`: whether there are any, what they ask and hold."""

from __future__ import annotations

from pipelinekit.model.platform.document import PER_TEAM, Platform


def why_none(platform: Platform) -> str:
    """What the document lacks for them, or empty."""
    if platform.jenkins is None or platform.jenkins.source is None:
        return "jenkins.source does not say which repository the platform is in"
    if not platform.ledger:
        return "the platform has no ledger"
    if not platform.ledger_keys.release or not platform.ledger_keys.release_credentials:
        return "ledger.release names no key, or not the credential that holds it"
    return ""


def has_jobs(platform: Platform) -> bool:
    """Whether there are such jobs: something is promoted, and Jenkins has a key to record that with."""
    return not why_none(platform) and any(each.gated for each in platform.environments)


def questions(platform: Platform) -> int:
    """How many approvals a promotion may have to ask for; those with keys of people's own nobody asks for."""
    asked = [each.approvals for each in platform.environments if each.approvals]
    return max((each.count for each in asked if not each.signed), default=0)


def kubeconfigs(platform: Platform) -> tuple[str, ...]:
    """The ids of the clusters that are promoted to; templates over `{team}`."""
    gated = {platform.cluster_of(each).credentials for each in platform.environments if each.gated}
    return tuple(sorted(gated - {""}))


def credentials(platform: Platform) -> tuple[str, ...]:
    """The ids that both jobs hold, each once for every team where it has a team's name in it."""
    given = [platform.images.credentials, platform.charts.credentials, *kubeconfigs(platform)]
    if has_jobs(platform) and platform.jenkins and platform.jenkins.source:
        given += [platform.ledger_keys.release_credentials, platform.jenkins.source.credentials]
    found = [
        each.replace(PER_TEAM, team)
        for each in given
        for team in (platform.teams if PER_TEAM in each else ("",))
    ]
    return tuple(dict.fromkeys(each for each in found if each))
