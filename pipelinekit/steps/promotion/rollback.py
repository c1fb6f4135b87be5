"""Back to a recorded release: from ledger and registry, with its configuration, whatever Helm remembers."""

from __future__ import annotations

import json
from dataclasses import replace

from pipelinekit.errors import CheckFailed, refused
from pipelinekit.model.ledger import Entry, Event, History
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Release
from pipelinekit.plan.gates.records import arrivals, living, tried
from pipelinekit.plan.gates.stops import barred, held, holds_back
from pipelinekit.plan.promotion import busy, choose, earlier, underway
from pipelinekit.plan.versions.version import is_later
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion.books import TRIES, event_of, read, settle
from pipelinekit.steps.promotion.effects import Deed, carry_out, prove
from pipelinekit.steps.promotion.leftover import abandoned, at_it, hands, lives
from pipelinekit.steps.promotion.looks import byhand
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.survey import Survey, look

NO_TASKS = json.dumps({"before": None})
"""On top of a chart's values: none of its tasks runs."""


def foresee(around: Around, team: str, name: str, environment: Environment, to: str) -> tuple[Survey, str]:
    """What `rollback` would bring, and the version that it would go back from; empty: none.

    Changes nothing. Raises `Refused` where there is nothing to go back to.
    """
    history, common = read(around.ledger, team, name)
    version, bad = _way(history, environment, to)
    survey = _planned(around, history, common, environment, version)
    if bad == survey.release.version:
        _require_untouched(around, survey)
    return survey, bad


def rollback(
    around: Around, team: str, name: str, environment: Environment, to: str, reason: str, *, tasks: bool
) -> tuple[Survey, tuple[Did, ...]]:
    """Go back, and hold the environment against what was there and all before it.

    A freeze and missing approvals do not stop it; it is recorded like everything else. Without `tasks` none
    of the old version's tasks runs.
    """
    for _ in range(TRIES):
        history, common = read(around.ledger, team, name)
        begun = underway(history, environment.name)
        if begun and lives(around, begun, history):
            raise busy(begun)
        left = _unproven(history, environment)
        if left and at_it(around, history, left):
            raise busy(left)
        version, bad = _way(history, environment, to)
        if left and not begun and version == left.event.version:
            # It is back, and was killed before its tests: to go further back is another word.
            survey = _planned(around, history, common, environment, version)
            return survey, (prove(around, survey),)
        taken = begun if begun and _goes_on(begun, to) else None
        if taken:
            around.say(f"a way back to {version} was left half done: it goes on")
        survey = _planned(around, history, common, environment, version)
        if not taken and bad == survey.release.version:
            _require_untouched(around, survey)
            return survey, (Did(f"{name} {bad} is what {environment.name} has", acted=False),)
        why = reason or (taken.event.reason if taken else "")
        beginning = _beginning(around, survey, common, bad, why, taken)
        # One write: ended first and begun then, what is gone back from would be forgotten in between.
        ended = [abandoned(around, begun)] if begun and not taken else []
        written = settle(around.ledger, history, [*ended, beginning])
        if written is None:
            # Whoever was quicker may have done it by the next look: further back is another word.
            to = survey.release.version
            continue
        deed = Deed(
            begun=written.entries[-1].commit,
            kind="rolled-back",
            more=_hold(around, survey, bad, reason),
            layer="" if tasks or not survey.app.before else NO_TASKS,
        )
        follows = _held(survey, bad)
        try:
            done = carry_out(around, survey, deed)
        except CheckFailed:
            # It is back, and so is the hold there: only its tests have failed.
            for each in follows:
                around.say(each.sentence)
            raise
        return survey, (*done, *follows)
    raise refused("promotion-underway", "the ledger did not stand still", hint="try again")


def _planned(around: Around, history: History, common: History, environment: Environment, to: str) -> Survey:
    """What going back would bring; raises `Refused` where there is nothing to go back to."""
    version = to or earlier(history, environment)
    release = choose(history, environment, version)
    _require_back(history, common, release, environment)
    against = barred(history, version)
    if against:
        raise refused(
            "gate-bar",
            f"{version} was barred by {against.writer}: {against.event.reason or 'no reason given'}",
            hint=f"--to VERSION names another one; `pipelinekit unbar {release.name}@{version}` lifts it",
        )
    survey = look(around, history, release, environment)
    if survey.found.missing:
        raise refused(
            "release-gone",
            f"{version} cannot be brought back: {'; '.join(survey.found.missing)}",
            hint="--to VERSION names another one; `pipelinekit publish` at its commit puts back what is gone",
        )
    return survey


def _require_untouched(around: Around, survey: Survey) -> None:
    """Raise `Refused` where hands have changed what is there: a way back from it would hold it itself."""
    state = around.releases.state(survey.target)
    hands = byhand.changed(around, survey, state) if state else ()
    if hands:
        raise byhand.refusal(survey.release, survey.environment.name, hands)


def _way(history: History, environment: Environment, to: str) -> tuple[str, str]:
    """The version to go back to, empty for the one before, and the one to go back from, empty for none."""
    begun, left = underway(history, environment.name), _unproven(history, environment)
    if left and not begun and to in ("", left.event.version):
        return left.event.version, ""
    there = living(history, environment.name)
    bad = there.event.version if there else ""
    if begun is None:
        return to, bad
    if _goes_on(begun, to):
        return begun.event.version, str(begun.event.details.get("bad", ""))
    # What was left half done is what is gone back from.
    return to or bad, str(begun.event.details.get("bad") or begun.event.version)


def _goes_on(begun: Entry, to: str) -> bool:
    """Whether what was left half done is this very way back."""
    return bool(begun.event.details.get("back")) and to in ("", begun.event.version)


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


def _beginning(
    around: Around, survey: Survey, common: History, bad: str, reason: str, taken: Entry | None = None
) -> Event:
    details = hands(around, survey, common, taken) | {"back": True, "bad": bad}
    return event_of(
        around, survey.release, "requested", survey.environment.name, reason=reason, details=details
    )


def _held(survey: Survey, bad: str) -> tuple[Did, ...]:
    where, name = survey.environment.name, f"{survey.release.team}/{survey.release.name}"
    told = f"{where} is held against {bad} and before: `pipelinekit unhold {name} --env {where}` lifts it"
    return (Did(told, acted=True),) if bad else ()


def _hold(around: Around, survey: Survey, bad: str, reason: str) -> tuple[Event, ...]:
    """No pipeline puts back what was taken away, until a person says so or a later version comes."""
    if not bad:
        return ()
    said = f"rolled back to {survey.release.version}" + (f": {reason}" if reason else "")
    held = event_of(around, survey.release, "held", survey.environment.name, reason=said)
    return (replace(held, version=bad),)
