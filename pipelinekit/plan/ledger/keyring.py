"""Whose keys count in a ledger: the people, the release folder and the pipelines of a platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.model.ledger import Role, Writer
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.people import SigningKey
from pipelinekit.plan.moment import seconds_of
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a key is. `until` is in seconds since 1970, None: it has no end.

    `principal` is the name that OpenSSH gives for it: `ada`, `pipeline:payments`, `release:jenkins`.
    """

    principal: str
    role: Role
    key: str
    name: str
    until: int | None = None


class Keyring:
    """The owner of each key of a platform, by fingerprint."""

    def __init__(self, platform: Platform) -> None:
        self.name = platform.name
        self._platform = platform
        self.owners: Mapping[str, Owner] = {
            each.fingerprint: Owner(
                principal=principal, role=role, name=name, key=each.key, until=end_of(each.until)
            )
            for principal, role, name, each in _keys(platform)
            if each.fingerprint
        }

    def allowed_signers(self) -> str:
        """The file of that name for OpenSSH. Ends of keys are not in it: a date there proves nothing."""
        return "".join(f'{each.principal} namespaces="git" {each.key}\n' for each in self.owners.values())

    def identity(self, owner: Owner) -> str:
        """What author and committer of its commits are; anything else there is somebody else's writing."""
        return f"{owner.principal} <{owner.principal}@{self.name}.ledger>"

    def writer(self, fingerprint: str, jenkins_user: str) -> Writer | None:
        """Who writes with that key. What Jenkins says of users counts only from its folder of releases."""
        owner = self.owners.get(fingerprint)
        if owner is None:
            return None
        if owner.role == "pipeline":
            return Writer(role="pipeline", team=owner.name, key=fingerprint)
        user = jenkins_user if owner.role == "release" else ""
        person = self._in_jenkins(user) if owner.role == "release" else owner.name
        groups = tuple(each.name for each in self._platform.groups if person and person in each.people)
        return Writer(role=owner.role, person=person, groups=groups, key=fingerprint, jenkins_user=user)

    def _in_jenkins(self, user: str) -> str:
        people = self._platform.people
        return next((each.name for each in people if user and each.jenkins == user), "")


def end_of(text: str) -> int | None:
    """The second at which a key ends, from a date with or without a time, in UTC; None for an empty text."""
    day, _, clock = text.partition("T")
    clock = f"{clock or '00:00'}:00"[:8]
    return seconds_of(f"{day}T{clock}Z")


def _keys(platform: Platform) -> Iterator[tuple[str, Role, str, SigningKey]]:
    for person in platform.people:
        yield from ((person.name, "person", person.name, each) for each in person.keys)
    yield from (("release:jenkins", "release", "", each) for each in platform.ledger_keys.release)
    for pipelines in platform.ledger_keys.pipelines:
        yield from (
            (f"pipeline:{pipelines.team}", "pipeline", pipelines.team, each) for each in pipelines.keys
        )
