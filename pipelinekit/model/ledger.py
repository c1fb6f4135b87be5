"""What a release went through: events, who wrote them, and how they stand in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, get_args

from pipelinekit.records import dataclass

Kind = Literal[
    "released",
    "deployed",
    "verified",
    "failed",
    "refused",
    "requested",
    "approved",
    "promoted",
    "rolled-back",
    "held",
    "unheld",
    "barred",
    "unbarred",
    "frozen",
    "thawed",
    "emergency",
    "reviewed",
    "attested",
    "revoked",
    "set-promoted",
    "seen",
    "expired",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Role = Literal["person", "pipeline", "release", "embedded"]
"""Whose key it was: a person's own, a pipeline's, that of Jenkins' `release` folder, or none at all."""

OF_PIPELINES: frozenset[Kind] = frozenset({"released", "deployed", "verified", "failed", "refused"})
"""What a pipeline says of its own application, and only of environments without a gate."""

COMPONENTS = "components"
"""What the branches of the platform's components begin with: an application's name a team after `apps/`."""
PLATFORM = "platform"
"""The branch of what concerns several applications: freezes, sets, revocations, holds over all."""

BEGUN = "begun"
"""The stage, in an event's details, of a promotion whose effects have begun."""
NO = "no"
"""What an event `refused` says as its `answer` that a person has given, and no gate."""
LOOKED_AT = "emergencies"
"""In the details of a review: the emergencies that it is of."""

MOVED = "ledger-moved"
"""The code of an `append` after something that is no longer the head."""
ANCHOR_TAG = "ledger-"
"""What the tags of a registry begin with that remember a head of the ledger."""
UNREACHABLE = "ledger-unreachable"
"""The code of a ledger that does not answer."""
SKEW = 300
"""Seconds by which two machines' clocks may differ."""


def branch_of(team: str, name: str) -> str:
    """The branch of an application in the ledger; without a team that of a component of the platform."""
    return f"apps/{team}/{name}" if team else f"{COMPONENTS}/{name}"


COMPONENT = "component:"
"""What stands before a component's name where an application's could stand: no team is called so."""


def title_of(team: str, name: str) -> str:
    """How people are told of it: `team/name`, or `component name`."""
    return f"{team}/{name}" if team else f"component {name}"


def word_of(team: str, name: str) -> str:
    """How a verb is told of it: `team/name`, or `component:name`."""
    return f"{team}/{name}" if team else f"{COMPONENT}{name}"


def application_of(branch: str) -> tuple[str, str] | None:
    """Team and name of the application whose branch it is; None for any other branch."""
    match = re.fullmatch(r"apps/([^/]+)/([^/]+)", branch)
    return (match[1], match[2]) if match else None


def component_of(branch: str) -> str:
    """The component whose branch it is, or empty."""
    return branch.removeprefix(f"{COMPONENTS}/") if branch.startswith(f"{COMPONENTS}/") else ""


def is_branch(name: str) -> bool:
    """Whether a branch of the repository is the ledger's."""
    return name == PLATFORM or bool(re.fullmatch(rf"(apps/[^/]+|{COMPONENTS})/[^/]+", name))


def is_word(version: str) -> bool:
    """Whether a text may stand where an event has its version: it becomes a tag and the name of a file."""
    return bool(re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,127}", version))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """`sha256:…` of a release's parts, whatever the registry that has them; empty where there is none.

    `descriptor` is that of app.yaml, which no registry has.
    """

    image: str = ""
    chart: str = ""
    descriptor: str = ""

    @property
    def stored(self) -> tuple[str, ...]:
        """Those that a registry has."""
        return tuple(each for each in (self.image, self.chart) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one version of one application or component, or on the platform.

    A component has a name and no team. `at` is in seconds since 1970 by the writer's clock. `plan` is the
    digest of the promotion's plan, `platform` the commit of the platform's document. `details` is small JSON.
    On the branch `platform` team, name and version may be empty.
    """

    kind: Kind
    team: str = ""
    name: str = ""
    version: str = ""
    environment: str = ""
    digests: Digests = field(default_factory=Digests)
    at: int = 0
    reason: str = ""
    plan: str = ""
    platform: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def branch(self) -> str:
        """Where it stands in the ledger."""
        return branch_of(self.team, self.name) if self.name else PLATFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote an event, as far as it is proven.

    Role `person`: `person` is whom the key belongs to. Role `release`: `person` is who has `jenkins_user` in
    the platform's document, or empty. Role `pipeline`: `person` is empty and `team` is whose pipelines have
    the key. Role `embedded`: an unsigned local ledger, which passes no gate that needs people.
    """

    role: Role
    person: str = ""
    groups: tuple[str, ...] = ()
    team: str = ""
    key: str = ""
    """The key's fingerprint, `SHA256:…`."""
    jenkins_user: str = ""

    def __str__(self) -> str:
        if self.role == "person":
            return self.person
        if self.role == "release":
            return f"{self.person or self.jenkins_user or 'nobody'} in Jenkins"
        return f"the pipelines of {self.team}" if self.role == "pipeline" else "unsigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it stands in the ledger.

    `trouble` says why it does not count, and is empty when it does; its event is then only as good as could
    be read. `writer` is None where nobody is proven. `seen` is when a writer who is no pipeline has first
    said (by an event `seen`) that it is there, in seconds since 1970; None: not yet.
    """

    event: Event
    commit: str
    writer: Writer | None = None
    seen: int | None = None
    trouble: str = ""

    @property
    def counts(self) -> bool:
        """Whether readers go by it."""
        return not self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A branch, oldest entry first; `head` is its newest commit, empty for a branch that is not there yet."""

    entries: tuple[Entry, ...] = ()
    head: str = ""

    def __iter__(self) -> Iterator[Entry]:
        return (each for each in self.entries if each.counts)

    @property
    def events(self) -> tuple[Event, ...]:
        """Those that count."""
        return tuple(each.event for each in self)

    @property
    def troubled(self) -> tuple[Entry, ...]:
        """Those that do not."""
        return tuple(each for each in self.entries if each.trouble)


def may_not_write(writer: Writer, event: Event, gated: frozenset[str] = frozenset()) -> str:
    """Why this writer's event does not count, or empty; `gated` are the environments with a gate.

    Git cannot limit a key to some kinds of events: whoever reads ignores the others.
    """
    if writer.role != "pipeline":
        return ""
    if event.kind not in OF_PIPELINES:
        return f"a pipeline's key writes no event of the kind {event.kind}"
    if event.team != writer.team or not event.name:
        place = (event.team or "components") if event.name else "the platform"
        return f"the pipelines of {writer.team} write nothing of {place}"
    if event.environment in gated and event.kind != "refused":
        return f"a pipeline's key writes nothing of {event.environment}, which has a gate"
    return ""


def with_seen(entries: tuple[Entry, ...], now: int) -> dict[str, int]:
    """When each commit was first seen: the events `seen` that count name commits in `details`.

    What is dated after `now` has seen nothing yet, and says of nobody else when they saw it.
    """
    found: dict[str, int] = {}
    latest = 0
    for each in entries:
        if not each.counts or each.event.at > now + SKEW:
            continue
        # Nobody has seen it before what the chain has before it, whatever date they write.
        latest = max(latest, each.event.at)
        if each.event.kind == "seen":
            commits = each.event.details.get("commits", ())
            for commit in commits if isinstance(commits, list | tuple) else ():
                found.setdefault(str(commit), latest)
    return found


def number_of(event: Event, name: str) -> int:
    """A whole number of an event's details; 0 for anything else, since they have no form that is checked."""
    value = event.details.get(name)
    return value if type(value) is int else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A commit of a ledger that something outside it remembers: `where` says what, and is no part of it."""

    ledger: str
    branch: str
    commit: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.ledger}:{self.branch}@{self.commit}"


def read_anchor(text: str, where: str) -> Anchor | None:
    """The anchor that a text is, or None."""
    match = re.fullmatch(r"([a-z0-9-]{1,63}):([a-zA-Z0-9._/-]{1,200})@([0-9a-f]{40,64})", text)
    return Anchor(ledger=match[1], branch=match[2], commit=match[3], where=where) if match else None
