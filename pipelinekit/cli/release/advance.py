"""The verb `advance`: what waits for nobody but the clock goes on."""

from __future__ import annotations

import dataclasses

import click

from pipelinekit.cli import report
from pipelinekit.cli.options import PLAN
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import EVERY, TIMEOUT, desk, named
from pipelinekit.errors import Fault
from pipelinekit.steps.promotion import advance as steps


@click.command()
@desk(
    EVERY,
    click.option("--team", default="", metavar="TEAM", help="The applications of this team alone."),
    PLAN,
    TIMEOUT,
)
def advance(here: Desk, application: str, team: str, plan_only: bool, timeout: int, as_json: bool) -> None:
    """Say in the ledger what has arrived, and promote to environments with `advance: true`.

    A soak counts from when an arrival is first seen, so this is what begins it. An environment that says
    `advance: true` gets what is in the environment before as soon as every gate is open. What waits is told
    with its reasons; what has failed there is not tried again by itself. It is meant to be run by the clock;
    run again, nothing happens.

    \b
    Examples:
      pipelinekit advance --plan
      pipelinekit advance orders
    """
    moved: list[steps.Moved] = []
    chosen = _applications(here, application, team)
    for each in chosen:
        around = here.around(timeout, room="/".join(each))
        for step in steps.advance(around, *each, plan_only=plan_only):
            moved.append(step)
            if not as_json:
                for line in _lines(step):
                    report.result(line)
    sentence = _sentence(chosen, moved, plan_only=plan_only)
    if as_json:
        report.as_json({"sentence": sentence, "steps": [dataclasses.asdict(each) for each in moved]})
    else:
        report.result(sentence)
    kind = steps.trouble(tuple(moved))
    if kind:
        failed = [each for each in moved if each.what == steps.FAILED]
        raise kind(
            *(
                Fault(
                    "advance-failed", f"{each.application} to {each.environment}: {'; '.join(each.reasons)}"
                )
                for each in failed
            )
        )


def _applications(here: Desk, application: str, team: str) -> list[tuple[str, str]]:
    if application:
        told, name, _ = named(application)
        return [here.application(told or team, name)]
    return [each for each in here.applications() if team in ("", each[0])]


def _lines(step: steps.Moved) -> list[str]:
    if step.what == steps.SEEN:
        return [f"{step.application}: {step.reasons[0]} seen"]
    if step.what == steps.PROMOTED:
        return [f"{step.application}: {each}" for each in step.reasons]
    head = f"{step.application}: {step.version or 'a release'} to {step.environment} {step.what}"
    return [f"{head}: {each}" for each in step.reasons]


def _sentence(chosen: list[tuple[str, str]], moved: list[steps.Moved], *, plan_only: bool) -> str:
    counts = {what: sum(each.what == what for each in moved) for what in (steps.PROMOTED, steps.WAITS)}
    seen = sum(each.what == steps.SEEN for each in moved)
    nothing = not seen and not counts[steps.PROMOTED]
    would = "would be " if plan_only else ""
    told = f"{counts[steps.PROMOTED]} {would}promoted, {counts[steps.WAITS]} wait"
    if seen:
        told += f", arrivals of {seen} {would}seen for the first time"
    done = "nothing to do" if nothing and not counts[steps.WAITS] else told
    return f"{len(chosen)} application{'' if len(chosen) == 1 else 's'}: {done}"
