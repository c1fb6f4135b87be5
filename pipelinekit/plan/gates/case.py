"""What gates judge: a release before an environment, the ledger, the plan and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from pipelinekit.model.ledger import Entry, History, Writer
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.zone import Clock
from pipelinekit.model.promotion import Found, PromotionPlan, Release, Request, Verdict
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One promotion as it is judged at one moment."""

    release: Release
    environment: Environment
    before: Environment | None
    """The environment that the release must have been in."""
    history: History
    """The application's branch."""
    common: History
    """The platform's branch."""
    clock: Clock
    plan: PromotionPlan
    asker: Writer
    request: Request = field(default_factory=Request)
    found: Found = field(default_factory=Found)

    def own(self, *kinds: str) -> Iterator[Entry]:
        """The application's entries of those kinds about this environment or every one, oldest first."""
        yield from (each for each in self.history if each.event.kind in kinds and self._here(each))

    def all(self, *kinds: str) -> Iterator[Entry]:
        """The platform's as well, the platform's first."""
        yield from (each for each in self.common if each.event.kind in kinds and self._here(each))
        yield from self.own(*kinds)

    def _here(self, entry: Entry) -> bool:
        return entry.event.environment in ("", self.environment.name)


def is_own(writer: Writer | None, environment: Environment) -> bool:
    """Whether a person's word counts there: where approvals have to be signed, one with a key of their own.

    Whoever administers Jenkins has the release folder's key, and names as the user whom they like.
    """
    asked = environment.approvals
    return bool(writer and writer.person) and (
        not (asked and asked.signed) or (writer is not None and writer.role == "person")
    )


def opened(gate: str, reason: str, *, hard: bool = False) -> Verdict:
    """A gate that lets it through."""
    return Verdict(gate=gate, open=True, reason=reason, hard=hard)


def closed(gate: str, reason: str, *, hard: bool = False) -> Verdict:
    """A gate that does not."""
    return Verdict(gate=gate, open=False, reason=reason, hard=hard)
