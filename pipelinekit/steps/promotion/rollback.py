"""Back to a recorded release: from ledger and registry, with its configuration, whatever Helm remembers."""

from __future__ import annotations

import json
from dataclasses import replace

from pipelinekit.errors import refused
from pipelinekit.model.ledger import Entry, Event, History
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Release
from pipelinekit.plan.gates.records import arrivals, last, living, tried
from pipelinekit.plan.gates.stops import held, holds_back
from pipelinekit.plan.promotion import BEGUN, busy, choose, earlier, underway
from pipelinekit.plan.versions.version import is_later
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion.around import Around
from pipelinekit.steps.promotion.books import TRIES, event_of, note, read, settle
from pipelinekit.steps.promotion.effects import Deed, carry_out, prove
from pipelinekit.steps.promotion.promote import GRACE, abandoned, lives
from pipelinekit.steps.promotion.survey import Survey, look

NO_TASKS = json.dumps({"before": None})
"""On top of a chart's values: none of its tasks runs."""


def plan(around: Around, team: str, name: str, environment: Environment, to: str) -> Survey:
    """What going back would bring; changes nothing. Raises `Refused` where there is nothing to go back to."""
    history, common = read(around.ledger, team, name)
    version = to or earlier(history, environment)
    release = choose(history, environment, version)
    _require_back(history, common, release, environment)
    barred = last((each for each in history if each.event.version == version), "barred", "unbarred")
    if barred and barred.event.kind == "barred":
        raise refused(
            "gate-bar",
            f"{version} was barred by {barred.writer}: {barred.event.reason or 'no reason given'}",
            hint="--to VERSION names another one; `pipelinekit unbar` lifts it",
        )
    survey = look(around, history, release, environment)
    if survey.found.missing:
        raise refused("release-gone", f"{version} cannot be brought back: {'; '.join(survey.found.missing)}")
    return survey


def rollback(
    around: Around, team: str, name: str, environment: Environment, to: str, reason: str, *, tasks: bool
) -> tuple[Survey, tuple[Did, ...]]:
    """Go back, and hold the environment against what was there and all before it.

    A freeze and missing approvals do not stop it; it is recorded like everything else. Without `tasks` none
    of the old version's tasks runs.
    """
    for _ in range(TRIES):
        history, _ = read(around.ledger, team, name)
        begun = underway(history, environment.name)
        if begun and lives(around, begun):
            raise busy(begun)
        left = _unproven(history, environment)
        if left and not begun and to in ("", left.event.version):
            # It is back, and was killed before its tests: to go further back is another word.
            survey = plan(around, team, name, environment, left.event.version)
            return survey, (prove(around, survey),)
        if begun and begun.event.details.get("back") and to in ("", begun.event.version):
            around.say(f"a way back to {begun.event.version} was left half done: it goes on")
            survey = plan(around, team, name, environment, begun.event.version)
            commit, bad = begun.commit, str(begun.event.details.get("bad", ""))
        else:
            there = living(history, environment.name)
            bad = there.event.version if there else ""
            if begun:
                # What was left half done is what is gone back from.
                history = note(around.ledger, abandoned(around, begun))
                to, bad = to or bad, str(begun.event.details.get("bad") or begun.event.version)
            survey = plan(around, team, name, environment, to)
            if bad == survey.release.version:
                return survey, (Did(f"{name} {bad} is what {environment.name} has", acted=False),)
            written = settle(around.ledger, history, [_beginning(around, survey, bad, reason)])
            if written is None:
                continue
            commit = written.entries[-1].commit
        deed = Deed(
            begun=commit,
            kind="rolled-back",
            more=_hold(around, survey, bad, reason),
            layer="" if tasks or not survey.app.before else NO_TASKS,
        )
        return survey, carry_out(around, survey, deed)
    raise refused("promotion-underway", "the ledger did not stand still", hint="try again")


def _require_back(history: History, common: History, release: Release, environment: Environment) -> None:
    """Raise `Refused` for what is no way back: no gate is judged here, so nothing comes that passed none."""
    where, version = environment.name, release.version
    came = [each.event for each in arrivals(history, where)]
    if environment.gated and not any(
        (each.version, each.digests.chart) == (version, release.chart_digest) for each in came
    ):
        raise refused(
            "rollback-new",
            f"{version} was never in {where}: that would be no way back",
            hint=f"`pipelinekit promote {release.name}@{version} --to {where}` judges the gates; "
            f"`pipelinekit ledger log --app {release.name} --env {where}` shows what was there",
        )
    if not came or not is_later(version, came[-1].version):
        return
    for each in held(
        each
        for each in (*common, *history)
        if each.event.kind in ("held", "unheld") and each.event.environment in ("", where)
    ):
        if holds_back(each, version):
            raise refused(
                "gate-hold",
                f"{version} is later than what {where} has, which is held by {each.writer}: "
                f"{each.event.reason or 'no reason given'}",
                hint="`pipelinekit unhold` lifts it",
            )


def _unproven(history: History, environment: Environment) -> Entry | None:
    """The way back that an environment's newest arrival is, where its tests were never run."""
    there = living(history, environment.name)
    back = there is not None and there.event.kind == "rolled-back" and not tried(history, there)
    return there if back else None


def _beginning(around: Around, survey: Survey, bad: str, reason: str) -> Event:
    details = {
        "stage": BEGUN,
        "back": True,
        "bad": bad,
        "holder": around.holder,
        "until": around.clock(()).now + around.timeout + GRACE,
        "live": survey.live.revision,
    }
    return event_of(
        around, survey.release, "requested", survey.environment.name, reason=reason, details=details
    )


def _hold(around: Around, survey: Survey, bad: str, reason: str) -> tuple[Event, ...]:
    """No pipeline puts back what was taken away, until a person says so or a later version comes."""
    if not bad:
        return ()
    said = f"rolled back to {survey.release.version}" + (f": {reason}" if reason else "")
    held = event_of(around, survey.release, "held", survey.environment.name, reason=said)
    return (replace(held, version=bad),)
