"""What somebody has begun and no end is recorded of: who is at it, what it has done, who goes on with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelinekit.model.ledger import BEGUN, Entry, Event, History, number_of
from pipelinekit.model.promotion import Release
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.gates.records import COMMON, written_by
from pipelinekit.plan.promotion import underway
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.survey import Survey

GRACE = 900
"""Seconds beyond a deployment's own time until a promotion elsewhere counts as abandoned."""
LONGEST = 7200
"""Seconds that a deployment may be given: a beginning that says more is not waited for."""


def lives(around: Around, begun: Entry, history: History) -> bool:
    """Whether who has begun may still be at it: on another machine until its time is over."""
    alive = around.alive(str(begun.event.details.get("holder", "")))
    if alive is not None:
        return alive
    now = around.clock(()).now
    since = written_by(history, begun, now, around.ledger.writer())
    until = since + LONGEST + GRACE
    # By a clock that was wrong, what it says of an end is as well.
    return now <= (min(number_of(begun.event, "until"), until) if since == begun.event.at else until)


def hands(around: Around, survey: Survey, common: History, taken: Entry | None = None) -> dict[str, Any]:
    """The details of a beginning: who is at it, until when, Helm's revision before its first effect, and the
    head of the platform's branch, so that nobody can cut from that what stood there.

    One that is `taken` up is named: it is nobody else's from then on, and its revision stays the one before.
    """
    live = number_of(taken.event, "live") if taken else survey.live.revision
    until = around.clock(()).now + around.timeout + GRACE
    found: dict[str, Any] = {"stage": BEGUN, "holder": around.holder, "until": until, "live": live}
    found |= {COMMON: common.head} if common.head else {}
    return found | ({"takes": taken.commit} if taken else {})


def same(begun: Entry, release: Release) -> bool:
    """Whether it is the promotion of that release."""
    event = begun.event
    return (
        event.version == release.version
        and event.digests.chart == release.chart_digest
        and not event.details.get("back")
    )


def has_acted(around: Around, survey: Survey, begun: Entry) -> bool:
    """Whether the cluster shows that its effects have begun.

    The ledger's word for that is no gate: every person may write that something has begun.
    """
    state = around.releases.state(survey.target)
    if not state or state.revision <= number_of(begun.event, "live"):
        return False
    if survey.release.is_component:
        from pipelinekit.steps.promotion import component

        return component.shows(around, survey, state.values)
    return chart_of(state.values) == survey.release.mark


def abandoned(around: Around, begun: Entry) -> Event:
    """The end of what nobody ended; that of a set names it and its members, as its beginning did."""
    told = begun.event.details
    return replace(
        begun.event,
        kind="failed",
        at=around.clock(()).now,
        platform=around.commit,
        reason="was begun, and left half done",
        details={name: told[name] for name in ("set", "members") if name in told} | {"begun": begun.commit},
    )


def underway_commit(history: History, environment: str) -> str:
    """The commit of what has begun in an environment, or empty."""
    begun = underway(history, environment)
    return begun.commit if begun else ""


def at_it(around: Around, history: History, arrival: Entry) -> bool:
    """Whether whoever brought it there is still at work: the proof is theirs."""
    commit = arrival.event.details.get("begun")
    begun = next((each for each in history if each.commit == commit), None)
    return begun is not None and lives(around, begun, history)
