"""What people have stopped: a hold on an environment, a barred version, and an emergency nobody reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelinekit.model.ledger import LOOKED_AT, PLATFORM, Entry, Event, History, Writer
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates.case import Case, closed, is_own, opened
from pipelinekit.plan.gates.freeze import frozen
from pipelinekit.plan.gates.records import common_of, last, living, lost
from pipelinekit.plan.moment import moment
from pipelinekit.plan.versions.version import is_later


def judge(case: Case) -> Iterator[Verdict]:
    """Hold and bar, which no emergency goes past; review and downgrade; and whether nothing was hidden."""
    version, where = case.release.version, case.environment.name
    holds = [each for each in held(case.all("held", "unheld")) if holds_back(each, version)]
    for each in holds:
        yield closed("hold", f"{where} is held {_what(each)}", hard=True)
    if not holds:
        yield opened("hold", f"{where} is not held", hard=True)
    against = barred(case.history, version)
    if against:
        reason = f"{version} was barred by {against.writer}: {against.event.reason or 'no reason given'}"
        yield closed("bar", reason, hard=True)
    else:
        yield opened("bar", f"{version} is not barred", hard=True)
    yield from _downgrade(case)
    for each in unreviewed(case.history, case.environment):
        what = (
            f"{each.event.version} in {where} ({each.writer}, {moment(each.event.at)}: {each.event.reason})"
        )
        yield closed("review", f"the emergency of {what} was not reviewed yet")
    yield from _cut(case)


def held(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The holds that nobody has lifted; lifting one of every environment lifts each.

    An application's are lifted by its own word, those over all by theirs: what two branches say has no order.
    """
    found: list[Entry] = []
    for each in entries:
        if each.event.kind == "held":
            found.append(each)
        else:
            place, branch = each.event.environment, each.event.branch
            found = [
                one
                for one in found
                if one.event.branch != branch or (place and one.event.environment != place)
            ]
    return tuple(found)


def still(common: History, lifted: Event) -> tuple[Entry, ...]:
    """What stops the same place over all although somebody has lifted something of a narrower kind."""
    places = ("", lifted.environment)
    known = [each for each in common if each.event.environment in places]
    if lifted.kind == "thawed":
        return frozen(each for each in known if each.event.kind in ("frozen", "thawed"))
    return held(each for each in known if each.event.kind in ("held", "unheld"))


def lifted(history: History, event: Event) -> tuple[Entry, ...]:
    """What stands on a branch that this `unheld`, `thawed` or `unbarred` would end."""
    if event.kind == "unbarred":
        bar = barred(history, event.version)
        return (bar,) if bar else ()
    stops, kinds = (frozen, ("frozen", "thawed")) if event.kind == "thawed" else (held, ("held", "unheld"))
    return tuple(
        each
        for each in stops(each for each in history if each.event.kind in kinds)
        if event.environment in ("", each.event.environment)
    )


def barred(history: History, version: str) -> Entry | None:
    """Who has barred a version, if nobody has lifted that since."""
    found = last((each for each in history if each.event.version == version), "barred", "unbarred")
    return found if found and found.event.kind == "barred" else None


def holds_back(hold: Entry, version: str) -> bool:
    """Whether a hold is for that version: one that names a version lets later ones through."""
    return not hold.event.version or not is_later(version, hold.event.version)


def unreviewed(history: History, environment: Environment) -> tuple[Entry, ...]:
    """The emergencies in an environment that nobody else has looked at since; a review is of one version."""
    waiting: list[Entry] = []
    for each in history:
        if each.event.environment not in ("", environment.name):
            continue
        if each.event.kind == "emergency":
            waiting.append(each)
        elif each.event.kind == "reviewed":
            waiting = [one for one in waiting if not _ends(each, one, environment)]
    return tuple(waiting)


def looked_at(emergencies: Iterable[Entry]) -> dict[str, Any]:
    """The details of a review of these."""
    rows = [{"commit": each.commit, "by": str(each.writer), "at": each.event.at} for each in emergencies]
    return {LOOKED_AT: rows}


def _ends(review: Entry, emergency: Entry, environment: Environment) -> bool:
    """Whether a review is of that emergency: of its version, and where it names some, one of these.

    Nobody has looked at one that came while they wrote.
    """
    named = review.event.details.get(LOOKED_AT)
    rows = named if isinstance(named, list | tuple) else ()
    told = {str(each.get("commit")) for each in rows if isinstance(each, Mapping)}
    return (
        review.event.version == emergency.event.version
        and (named is None or emergency.commit in told)
        and may_review(review.writer, emergency, environment)
    )


def may_review(reviewer: Writer | None, emergency: Entry, environment: Environment) -> bool:
    """Whether somebody's word ends an emergency: another person's than whose it was."""
    if reviewer is None or not is_own(reviewer, environment):
        return False
    return emergency.writer is None or reviewer.person != emergency.writer.person


def _what(hold: Entry) -> str:
    what = f"against {hold.event.version} and before" if hold.event.version else "against every version"
    return f"{what} by {hold.writer}: {hold.event.reason or 'no reason given'}"


def _cut(case: Case) -> Iterator[Verdict]:
    """Whoever may push to the ledger without a key could cut away a freeze, a hold or a revocation."""
    begun = [each for each in case.history if each.event.kind == "requested"][-1:]
    for each in lost(begun, case.common):
        yield closed(
            "cut",
            f"the ledger's branch {PLATFORM} has no {common_of(each)[:12]} any more, by which "
            f"{each.event.version} went to {each.event.environment}: it was cut or written anew",
        )


def _downgrade(case: Case) -> Iterator[Verdict]:
    there = living(case.history, case.environment.name)
    if there is None or not is_later(there.event.version, case.release.version):
        return
    told = f"{there.event.version} is there, which is later than {case.release.version}"
    yield (opened if case.request.downgrade else closed)("downgrade", told)
