"""The verbs that stop releases and let them go on: hold, bar, freeze, and the review of an emergency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipelinekit.cli.output import report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import (
    ANY_ENV,
    APPLICATION,
    ENV,
    EVERY,
    EXACT,
    REASON,
    SOME,
    bare,
    desk,
    named,
)
from pipelinekit.errors import refused, usage
from pipelinekit.model.ledger import PLATFORM, Event, History, Kind, branch_of, word_of
from pipelinekit.plan.gates.stops import lifted, looked_at, may_review, still, unreviewed
from pipelinekit.steps.promotion.books import lift, note, read

NOW = click.option("--now", is_flag=True, required=True, help="At once; calendars are in platform.yaml.")
NOTHING = {
    "unheld": "there is no hold of {what} in {where}",
    "thawed": "there is no freeze of {where} by hand",
    "unbarred": "{what} is not barred",
}
"""What is said where a word that lifts something finds nothing; the ledger is not told."""


@click.command()
@desk(SOME, ENV, REASON)
def hold(here: Desk, application: str, **rest: Any) -> None:
    """Let no version into an environment until `unhold`: of one application, or of all.

    With APP@VERSION a later version than that one goes through. Ungated deployments honour it too.

    \b
    Examples:
      pipelinekit hold orders --env production --reason "stock taking"
      pipelinekit hold orders@1.4.2 --env production --reason "slow"
      pipelinekit hold --env staging --reason "cluster upgrade"
    """
    _write(here, "held", application, "{what} is held in {where}", reasoned=True, **rest)


@click.command()
@desk(EVERY, ENV, REASON)
def unhold(here: Desk, application: str, **rest: Any) -> None:
    """Lift the holds of an environment: those of one application, or those of all.

    \b
    Example:
      pipelinekit unhold orders --env production
    """
    if application:
        bare(application)
    _write(here, "unheld", application, "the holds of {what} in {where} are lifted", **rest)


@click.command()
@desk(EXACT, REASON)
def bar(here: Desk, application: str, **rest: Any) -> None:
    """Let one version go no further; it stays where it is.

    \b
    Example:
      pipelinekit bar orders@1.4.2 --reason "leaks memory"
    """
    _versioned(application)
    _write(here, "barred", application, "{what} goes no further", reasoned=True, **rest)


@click.command()
@desk(EXACT, REASON)
def unbar(here: Desk, application: str, **rest: Any) -> None:
    """Let a barred version go on.

    \b
    Example:
      pipelinekit unbar orders@1.4.2
    """
    _versioned(application)
    _write(here, "unbarred", application, "{what} may go on", **rest)


@click.command()
@desk(NOW, ANY_ENV, REASON)
def freeze(here: Desk, now: bool, **rest: Any) -> None:
    """Stop every promotion and deployment at once, of one environment or of all, with a reason.

    What has begun already ends. A rollback is allowed.

    \b
    Examples:
      pipelinekit freeze --now --reason "incident 42"
      pipelinekit freeze --now --env production --reason "audit"
    """
    del now
    _write(here, "frozen", "", "{where} is frozen", reasoned=True, **rest)


@click.command()
@desk(ANY_ENV, REASON)
def thaw(here: Desk, **rest: Any) -> None:
    """End a freeze by hand, of one environment or of all. Windows of the calendar stay.

    \b
    Example:
      pipelinekit thaw --reason "incident 42 is over"
    """
    _write(here, "thawed", "", "the freezes by hand of {where} are lifted", **rest)


@click.command()
@desk(APPLICATION, ENV, REASON)
def review(here: Desk, application: str, environment: str, reason: str, as_json: bool) -> None:
    """Say that you have looked at an emergency; until somebody else has, the next promotion waits.

    Without a version it is the newest that waits and was not your own. One that comes while you say so waits
    for a review of its own.

    \b
    Examples:
      pipelinekit review orders --env production --reason "right: the fix was tried on staging afterwards"
      pipelinekit review orders@1.4.2 --env production
    """
    team, name, version = named(application)
    team, name = here.either(team, name)
    place = here.environment(environment)
    here.version(team, name, version)
    history, word = read(here.ledger, team, name)[0], word_of(team, name)
    waiting = [each for each in unreviewed(history, place) if version in ("", each.event.version)]
    if not waiting:
        raise refused(
            "no-emergency",
            f"no emergency of {f'{name} {version}'.strip()} in {environment} waits for a review",
            hint=f"nothing is to be done; `pipelinekit ledger log --app {word} --env {environment}` "
            "shows who has reviewed what",
        )
    who = here.ledger.writer()
    able = [each for each in waiting if may_review(who, each, place)]
    if not able:
        own = any(each.writer and each.writer.person == who.person for each in waiting)
        why = "only a key of one's own counts there" if who.person else "no person is proven"
        raise refused(
            "review-own",
            f"{who} cannot review it: {'the emergency was their own' if who.person and own else why}",
            hint=f"somebody else looks at it: `pipelinekit review {word} --env {environment}`",
        )
    version = able[-1].event.version
    _write(
        here,
        "reviewed",
        f"{word}@{version}",
        "the emergency of {what} in {where} is reviewed",
        environment=environment,
        reason=reason,
        as_json=as_json,
        details=looked_at(each for each in able if each.event.version == version),
    )
    for each in unreviewed(here.ledger.history(branch_of(team, name)), place):
        report.notice(
            f"the emergency of {each.event.version} by {each.writer} waits all the same: "
            f"{each.event.reason or 'no reason given'}; `pipelinekit review {word} --env {environment}` "
            + ("once more" if may_review(who, each, place) else "by somebody else")
        )


def _versioned(application: str) -> None:
    if not named(application)[2]:
        raise usage("version-missing", "say which version", hint=f"name it: {application}@1.2.3")


def _write(
    here: Desk,
    kind: Kind,
    application: str,
    sentence: str,
    *,
    reason: str,
    as_json: bool,
    environment: str = "",
    reasoned: bool = False,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one event, of an application or of the platform, and say what is true now."""
    if reasoned and not reason.strip():
        raise usage("reason-missing", "say why", hint='--reason "…" stands in the ledger for all who meet it')
    if environment:
        here.environment(environment)
    team, name, version = named(application) if application else ("", "", "")
    if name:
        team, name = here.either(team, name)
    event = Event(
        kind=kind,
        team=team,
        name=name,
        version=version,
        environment=environment,
        at=here.clock().now,
        reason=reason,
        platform=here.named[1],
        details=details or {},
    )
    seen = here.ledger.history(event.branch) if kind in NOTHING else History()
    acted = kind not in NOTHING or bool(lifted(seen, event))
    if kind != "reviewed" and not (acted and kind in NOTHING):
        here.version(team, name, version)
    if acted and kind in NOTHING:
        lift(here.ledger, seen, event)
    elif acted:
        note(here.ledger, event)
    if kind in ("unheld", "thawed"):
        for each in still(here.ledger.history(PLATFORM), event):
            place = each.event.environment or "every environment"
            why = each.event.reason or "no reason given"
            report.notice(f"{place} is {each.event.kind} all the same, by {each.writer}: {why}")
    what = f"{name} {version}".strip() or "everything"
    told = (sentence if acted else NOTHING[kind]).format(what=what, where=environment or "every environment")
    told += f" ({here.ledger.writer()})" if acted else ": nothing is to be lifted"
    if as_json:
        report.as_json({"kind": kind, "sentence": told, "reason": reason, "acted": acted, **event.details})
    else:
        report.result(told)
