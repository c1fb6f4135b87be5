"""The verb `advance`: what waits for nobody but the clock goes on."""

from __future__ import annotations

import dataclasses
from collections import Counter

import click

from pipelinekit.cli.options import PLAN, TIMEOUT
from pipelinekit.cli.output import report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import EVERY, bare, desk, said
from pipelinekit.counts import counted
from pipelinekit.errors import Fault
from pipelinekit.steps.promotion import advance as steps


@click.command()
@desk(
    EVERY,
    click.option(
        "--team", default="", callback=said, metavar="TEAM", help="The applications of this team alone."
    ),
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
                for line in lines(step, plan_only=plan_only):
                    report.result(line)
    told = sentence(chosen, moved, plan_only=plan_only)
    if as_json:
        report.as_json({"sentence": told, "steps": [dataclasses.asdict(each) for each in moved]})
    else:
        report.result(told)
    kind = steps.trouble(tuple(moved))
    if kind:
        failed = [each for each in moved if each.what == steps.FAILED]
        raise kind(
            *(
                Fault(
                    "advance-failed",
                    f"{_what(each)}: {'; '.join(each.reasons)}",
                    hint="it is not tried again by itself: when it is mended, "
                    f"`pipelinekit promote {each.application}@{each.version} --to {each.environment}`"
                    if each.version
                    else "what stands in the way is to be mended; the next `advance` looks again",
                )
                for each in failed
            )
        )


def _applications(here: Desk, application: str, team: str) -> list[tuple[str, str]]:
    if application:
        told, name = bare(application)
        return [here.application(told or team, name)]
    return here.applications(team)


def _what(step: steps.Moved) -> str:
    return f"{step.application} to {step.environment}" if step.environment else step.application


def lines(step: steps.Moved, *, plan_only: bool) -> list[str]:
    """What became of an application before an environment, a line for each thing or reason."""
    if step.what == steps.SEEN:
        return [f"{step.application}: {step.reasons[0]} {'would be ' if plan_only else ''}seen"]
    if step.what == steps.PROMOTED:
        return [f"{step.application}: {each}" for each in step.reasons]
    head = f"{step.application}: {step.version or 'a release'} to {step.environment} {step.what}"
    if not step.environment:
        head = step.application
    return [f"{head}: {each}" for each in step.reasons]


def sentence(chosen: list[tuple[str, str]], moved: list[steps.Moved], *, plan_only: bool) -> str:
    """What is true of all of them now."""
    counts = Counter(each.what for each in moved)
    would = "would be " if plan_only else ""
    told = f"{counts[steps.PROMOTED]} {would}promoted, {counts[steps.WAITS]} wait"
    if counts[steps.SEEN]:
        told += f", arrivals of {counts[steps.SEEN]} {would}seen for the first time"
    if counts[steps.FAILED]:
        told += f", {counts[steps.FAILED]} failed"
    return f"{counted(len(chosen), 'application')}: {told if moved else 'nothing to do'}"
