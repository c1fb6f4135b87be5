"""What runs where by the ledger, and what would come next."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.ledger import Entry, History
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.plan.gates.freeze import frozen
from pipelinekit.plan.gates.records import ARRIVALS, living, releases, verified
from pipelinekit.plan.gates.stops import barred, held, unreviewed
from pipelinekit.records import dataclass

UNSAID = "no reason given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One application in one environment; `at` is in seconds since 1970, 0 where nothing is there."""

    environment: str
    version: str = ""
    at: int = 0
    by: str = ""
    verified: bool = False
    next: str = ""
    """The version that would come: what is in the environment before, or the newest; empty: none."""
    failed: str = ""
    """Why that one has failed there, if it was the last that was tried; empty: it was not."""
    stops: tuple[str, ...] = ()
    """What people have stopped there, and an emergency that waits for somebody to look at it."""


def places(history: History, common: History, platform: Platform) -> Iterator[Place]:
    """Each environment in the document's order; `common` is the platform's branch."""
    known = releases(history)
    for each in platform.environments:
        there = living(history, each.name)
        if each.after:
            source = living(history, each.after)
            coming = source.event.version if source else ""
        else:
            coming = known[-1].version if known else ""
        version = there.event.version if there else ""
        yield Place(
            environment=each.name,
            version=version,
            at=there.event.at if there else 0,
            by=str(there.writer) if there else "",
            verified=bool(there and verified(history, there)),
            next=coming if coming != version else "",
            failed=_failed(history, each.name, coming) if coming != version else "",
            stops=tuple(_stops(history, common, each, version)),
        )


def _stops(history: History, common: History, environment: Environment, version: str) -> Iterator[str]:
    bar = barred(history, version) if version else None
    if bar:
        yield f"{version} was barred by {bar.writer}: {_why(bar)}"
    here = [each for each in (*common, *history) if each.event.environment in ("", environment.name)]
    for each in frozen(each for each in here if each.event.kind in ("frozen", "thawed")):
        yield f"frozen by {each.writer}: {_why(each)}"
    for each in held(each for each in here if each.event.kind in ("held", "unheld")):
        against = f" against {each.event.version} and before" if each.event.version else ""
        yield f"held{against} by {each.writer}: {_why(each)}"
    for each in unreviewed(history, environment):
        what = f"the emergency of {each.event.version} by {each.writer}"
        yield f"{what} waits for somebody else's review: {_why(each)}"


def _why(entry: Entry) -> str:
    """The reason in one line: a second one could look like what is told of another environment."""
    return " ".join(entry.event.reason.split()) or UNSAID


def _failed(history: History, environment: str, version: str) -> str:
    """The reason of the last try in an environment, where it failed and was of that version."""
    tries = [
        each.event
        for each in history
        if each.event.environment == environment and each.event.kind in (*ARRIVALS, "failed")
    ]
    if not tries or (tries[-1].kind, tries[-1].version) != ("failed", version):
        return ""
    return tries[-1].reason or UNSAID
