"""A promotion: what would move where, what the gates say of it, and what was found around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from pipelinekit.model.digest import digest_of
from pipelinekit.model.release import ImageRef
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version as the ledger recorded it when it was published; a component's has neither team nor image."""

    team: str
    name: str
    version: str
    commit: str
    image: ImageRef
    """By its digest, in the registry that it was pushed to."""
    chart: ImageRef
    """By its version, in the repository that it was published to."""
    chart_digest: str
    archive: str
    """The digest of the chart's archive."""
    descriptor: str
    """The text of app.yaml; of a component, all that its release is made of (`plan.rollout.recorded`)."""
    descriptor_digest: str

    @property
    def is_component(self) -> bool:
        """Whether it is of a component of the platform."""
        return not self.team

    @property
    def mark(self) -> str:
        """The digest by which the values of what runs name its chart."""
        return self.archive if self.is_component else self.chart_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What an environment has: the version as the ledger knows it, and Helm's revision; 0: nothing."""

    version: str = ""
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.version or 'unknown'}, revision {self.revision}" if self.revision else "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionPlan:
    """What is approved: each part that counts, in words; a change of any is another plan."""

    team: str
    name: str
    version: str
    environment: str
    parts: Mapping[str, str]
    """`image`, `chart`, `values`, `gates`, `live` and what else counts, each as one line."""

    @property
    def digest(self) -> str:
        """`sha256:…` over all of it."""
        body = [self.team, self.name, self.version, self.environment, dict(self.parts)]
        return digest_of(body)

    def changed(self, earlier: Mapping[str, Any]) -> tuple[str, ...]:
        """The lines in which parts that were approved earlier differ from this plan's."""
        names = [*self.parts, *(each for each in earlier if each not in self.parts)]
        pairs = ((each, str(earlier.get(each, "nothing")), self.parts.get(each, "nothing")) for each in names)
        return tuple(f"{name}: {_difference(old, new)}" for name, old, new in pairs if old != new)


GATES_SAID = re.compile(r"(?P<gates>.*) \(sha256:[0-9a-f]+\)", re.DOTALL)
"""A plan's part that tells gates: each by its name, and the digest of all that they ask for."""


def gates_said(gates: Iterable[str], digest: str) -> str:
    """Gates as a plan's part tells them; each begins with a word of its own."""
    return f"{'; '.join(gates) or 'none'} ({digest})"


def _difference(old: str, new: str) -> str:
    """What a part was and is; of gates only those that are others."""
    was, now = GATES_SAID.fullmatch(old), GATES_SAID.fullmatch(new)
    if not (was and now):
        return f"{old} → {new}"
    before, after = (dict(x.partition(" ")[::2] for x in each["gates"].split("; ")) for each in (was, now))
    names = (each for each in {**before, **after} if before.get(each) != after.get(each) and each != "none")
    lines = [f"{each}: {before.get(each, 'nothing')} → {after.get(each, 'nothing')}" for each in names]
    return "; ".join(lines) or "what no line tells of them (an emergency's groups, a query, a reason)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMember:
    """A member of a release set as it stands: what promoting it is, and whether it is there already, or was
    begun and goes on past its gates."""

    plan: PromotionPlan
    there: bool = False

    @property
    def application(self) -> str:
        """`team/name`."""
        return f"{self.plan.team}/{self.plan.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlan:
    """What is approved of a release set: the plan of each member, callee first."""

    name: str
    environment: str
    members: tuple[SetMember, ...]

    @property
    def digest(self) -> str:
        """`sha256:…` over all of it."""
        plans = [(each.application, each.plan.version, each.plan.digest) for each in self.members]
        return set_digest(self.name, self.environment, plans)


def set_digest(name: str, environment: str, plans: Iterable[tuple[str, str, str]]) -> str:
    """`sha256:…` of a set's plan: application, version and the plan's digest of each member."""
    # Their order follows from the descriptors, which the plans name.
    return digest_of([name, environment, sorted(map(list, plans))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at outside of the ledger, for the gates that need it."""

    missing: tuple[str, ...] = ()
    """Artefacts that are not where they should be, in words."""
    unsigned: tuple[str, ...] = ()
    """Artefacts that lack the platform's signature."""
    no_way_back: tuple[str, ...] = ()
    """Why the version that runs could not be put back."""
    authors: tuple[str, ...] | None = None
    """Who wrote what would change, by signatures; an empty text where none proves it, None: nobody knows."""
    origin: str = ""
    """Why it is not of the commit that its pipeline names, as far as that was asked; or empty."""
    watched: tuple[Watched, ...] = ()
    """What the Prometheus of the environment before said."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One query's answer: `good` is None where there is no data, which is neither good nor bad."""

    name: str
    good: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the one who promotes says."""

    change: str = ""
    reason: str = ""
    downgrade: bool = False
    emergency: bool = False
    expect: str = ""
    """The digest of the plan that it has to be; empty: whatever it is."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """The plan of that digest as it was shown (`version` and `parts`, of a set `members`); or empty."""
    together: SetPlan | None = None
    """The set as which it is promoted, and whose approval counts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says. `hard`: an emergency does not go past it."""

    gate: str
    open: bool
    reason: str
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all gates say; `passed` are the closed ones that an emergency goes past."""

    verdicts: tuple[Verdict, ...]
    passed: tuple[Verdict, ...] = field(default=())

    @property
    def closed(self) -> tuple[Verdict, ...]:
        """Those that stop it."""
        return tuple(each for each in self.verdicts if not each.open and each not in self.passed)
