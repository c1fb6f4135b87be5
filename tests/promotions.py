"""A release before production, every gate of which is open; each test closes what it is about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pipelinekit.model.ledger import PLATFORM, Digests, Event, History, Kind, Writer, branch_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.platform.zone import UTC, Clock
from pipelinekit.model.promotion import Found, PromotionPlan, Release, Request
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.gates.case import Case
from tests import examples
from tests.doubles import Ledger, digest

NOW = 1_790_000_000
TEAM, NAME = "payments", "orders"
BRANCH = branch_of(TEAM, NAME)
PARTS = {"image": "i", "chart": "c", "values": "v", "gates": "g", "live": "1.2.2, revision 4"}

PIPELINE = Writer(role="pipeline", team=TEAM)
JENKINS = Writer(role="release", person="", jenkins_user="")


def person(name: str, *groups: str, **fields: Any) -> Writer:
    """Somebody with a key of their own."""
    return Writer(**{"role": "person", "person": name, "groups": groups or ("release-managers",), **fields})


def digests(version: str) -> Digests:
    """Those of a version's parts."""
    return Digests(
        image=digest(f"image {version}"), chart=digest(f"chart {version}"), descriptor=digest(version)
    )


def event(kind: Kind, version: str = "1.2.3", environment: str = "", **fields: Any) -> Event:
    """An event of the application."""
    known = {"team": TEAM, "name": NAME, "version": version, "digests": digests(version), "at": NOW - 7200}
    return Event(kind=kind, environment=environment, **{**known, **fields})


def released(version: str) -> Event:
    """What publishing writes."""
    details: dict[str, Any] = {
        "commit": "c" * 40,
        "image": {"registry": "r:5000", "repository": f"{TEAM}/{NAME}"},
        "chart": {"registry": "r:5000", "repository": f"charts/{TEAM}/{NAME}", "archive": digest(version)},
        "descriptor": {"text": "app"},
    }
    return event("released", version, details=details)


def release(version: str = "1.2.3") -> Release:
    """The version as it is read back."""
    found = digests(version)
    return Release(
        team=TEAM,
        name=NAME,
        version=version,
        commit="c" * 40,
        image=ImageRef("r:5000", f"{TEAM}/{NAME}", digest=found.image),
        chart=ImageRef("r:5000", f"charts/{TEAM}/{NAME}", tag=version),
        chart_digest=found.chart,
        archive=digest(version),
        descriptor="app",
        descriptor_digest=found.descriptor,
    )


def plan(version: str = "1.2.3", **parts: str) -> PromotionPlan:
    """What is approved."""
    return PromotionPlan(team=TEAM, name=NAME, version=version, environment="production", parts=PARTS | parts)


@dataclass
class World:
    """A ledger in which 1.2.3 was in staging for two hours, and 1.2.2 runs in production."""

    ledger: Ledger = field(default_factory=lambda: Ledger(gated=frozenset({"staging", "production"})))
    environment: Environment = field(
        default_factory=lambda: replace(
            examples.environment("production"),
            after="staging",
            soak=3600,
            approvals=Approvals(count=2, groups=("release-managers",)),
            emergency=("sre",),
        )
    )
    request: Request = field(default_factory=Request)
    found: Found = field(default_factory=Found)
    asker: Writer = field(default_factory=lambda: person("rita"))
    now: int = NOW
    version: str = "1.2.3"

    def __post_init__(self) -> None:
        self.say(PIPELINE, released("1.2.2"), released("1.2.3"))
        arrival = event("promoted", environment="staging")
        self.say(JENKINS, event("promoted", "1.2.2", "production"), arrival)
        self.say(JENKINS, event("verified", environment="staging"))
        self.saw(NOW - 7200)
        for name in ("ann", "bob"):
            self.approve(person(name))

    def say(self, writer: Writer, *events: Event) -> None:
        """Somebody writes."""
        self.ledger.as_writer = writer
        self.ledger.add(*events)

    def saw(self, at: int) -> None:
        """Everything that stands there was seen then, unless it was before."""
        commits = [each.commit for each in self.ledger.history(BRANCH).entries]
        self.say(JENKINS, event("seen", at=at, details={"commits": commits}))

    def approve(self, writer: Writer, **changed: str) -> None:
        """Somebody approves the plan."""
        made = plan(self.version, **changed)
        fields: dict[str, Any] = {"plan": made.digest, "details": {"parts": dict(made.parts)}}
        self.say(writer, event("approved", self.version, "production", **fields))

    def history(self) -> History:
        """The application's branch."""
        return self.ledger.history(BRANCH)

    def case(self, **zones: Any) -> Case:
        """What the gates judge."""
        return Case(
            release=release(self.version),
            environment=self.environment,
            before=replace(examples.environment("staging"), after="dev"),
            history=self.history(),
            common=self.ledger.history(PLATFORM),
            clock=Clock(self.now, {"UTC": UTC, **zones}),
            plan=plan(self.version),
            asker=self.asker,
            request=self.request,
            found=self.found,
        )

    def closed(self) -> list[str]:
        """The gates that stop it, with their reasons."""
        from pipelinekit.plan.gates.judge import judge

        return [f"{each.gate}: {each.reason}" for each in judge(self.case()).closed]
