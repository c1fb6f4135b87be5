"""Whether a platform's gates can ever open: is there anybody whose signature its ledger takes?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelinekit.counts import counted
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.platform.people import SigningKey
from pipelinekit.plan.ledger.keyring import end_of


def lacking(platform: Platform, now: int) -> Iterator[tuple[str, str]]:
    """What keeps every release out of an environment with a gate, and what to write; nothing else.

    A key that has ended by `now`, in seconds since 1970, stays listed, and signs nothing any more.
    """
    gated = [each for each in platform.environments if each.gated]
    if not gated:
        return
    names = ", ".join(each.name for each in gated)
    if not platform.ledger:
        yield f"the gates of {names} need a ledger that everybody writes", "ledger: {repository: …}"
        return
    in_jenkins = _good(platform.ledger_keys.release, now)
    if not any(_good(each.keys, now) for each in platform.people) and not in_jenkins:
        yield (
            f"nobody has a key that counts, so that nothing is promoted to {names}",
            "people: [{name: …, keys: [ssh-ed25519 …]}]",
        )
        return
    for each in gated:
        yield from _too_few(platform, each, now, in_jenkins=in_jenkins)


def _too_few(
    platform: Platform, environment: Environment, now: int, *, in_jenkins: bool
) -> Iterator[tuple[str, str]]:
    asked = environment.approvals
    if asked is None:
        return
    members = {name for each in platform.groups if each.name in asked.groups for name in each.people}
    # Who asks in Jenkins needs no key where its release folder has one, unless only keys of people count.
    in_jenkins = in_jenkins and not asked.signed
    able = [
        each
        for each in platform.people
        if each.name in members and (_good(each.keys, now) or (in_jenkins and each.jenkins))
    ]
    if len(able) < asked.count:
        wanted = (
            f"{environment.name} asks for {counted(asked.count, 'approval')} of {', '.join(asked.groups)}"
        )
        there = counted(len(able), "person there has", "people there have")
        yield f"{wanted}, and {there} a key that counts", "keys: in people, or more people in the group"


def _good(keys: Iterable[SigningKey], now: int) -> bool:
    """Whether any of them signs what counts at that moment."""
    ends = [end_of(each.until) for each in keys]
    return any(end is None or end > now for end in ends)
