"""The verb `report`: what runs where, and whether what comes next may move."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import click

from pipelinekit.cli.output import report as say
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import EVERY, bare, desk
from pipelinekit.counts import counted
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ledger import PLATFORM, UNREACHABLE, History, branch_of, title_of
from pipelinekit.model.promotion import Request
from pipelinekit.plan.moment import moment
from pipelinekit.plan.overview import Place, places
from pipelinekit.plan.releaseset.record import SET_ENDS, last_of, record_of
from pipelinekit.plan.rollout.gated import stages
from pipelinekit.steps.promotion import promote as promotion

_STANDS = {
    "set-promoted": "promoted",
    "failed": "stopped at the first that failed",
    "refused": "not let in",
    "rolled-back": "taken back",
    "underway": "on its way, or left half done",
}


@click.command()
@desk(EVERY)
def report(here: Desk, application: str, as_json: bool) -> None:
    """Show which version is in which environment by the ledger: of one application, or of all.

    Components that the ledger knows are shown as well: `component:NAME` is one of them.

    Of one application it also tells what would come next, and whether it may and why not: every gate is
    asked, and so are registries and clusters.

    \b
    Examples:
      pipelinekit report orders
      pipelinekit report --json
    """
    rows = list[dict[str, Any]]()
    common, unread = _common(here)
    for team, name in _applications(here, application):
        try:
            rows += _rows(here, common, team, name, alone=bool(application))
        except PipelinekitError as error:
            fault = error.faults[0]
            if application or fault.code == UNREACHABLE:
                raise
            # Whoever may push to a branch can make it unreadable: that hides no other one.
            rows.append({"application": title_of(team, name), "unread": fault.problem})
    if not application:
        rows += _sets(here, common)
    for row in rows:
        if unread and "stops" in row:
            row["stops"] = (unread, *row["stops"])
    if as_json:
        say.as_json(rows)
        return
    for row in rows:
        for text in _lines(row):
            say.result(text)
    told = len({row["application"] for row in rows if "application" in row})
    environments = counted(len(here.platform.environments), "environment")
    say.result(f"{counted(told, 'application')} in {environments}, by the ledger")


def _common(here: Desk) -> tuple[History, str]:
    """The platform's branch, or what is to be said where it cannot be read: that hides no application."""
    try:
        return here.ledger.history(PLATFORM), ""
    except PipelinekitError as error:
        fault = error.faults[0]
        if fault.code == UNREACHABLE:
            raise
        return History(), f"whether all is held or frozen is not known: {fault.problem}"


def _rows(here: Desk, common: History, team: str, name: str, *, alone: bool) -> list[dict[str, Any]]:
    """An application in each environment; alone, with whether what comes next may."""
    history = here.ledger.history(branch_of(team, name))
    if not history.events and not here.named_in_platform(team, name):
        # A branch that somebody has begun without a key: `ledger verify` tells it.
        return []
    rows = []
    known = here.platform if team else replace(here.platform, environments=stages(here.platform))
    for place in places(history, common, known):
        row = {"application": title_of(team, name), **dataclasses.asdict(place)}
        rows.append(row | (_may(here, team, name, place) if alone and team and place.next else {}))
    return rows


def _applications(here: Desk, application: str) -> list[tuple[str, str]]:
    if application:
        team, name = bare(application)
        return [here.either(team, name)]
    return [*here.applications(), *here.components()]


def _may(here: Desk, team: str, name: str, place: Place) -> dict[str, Any]:
    environment = here.environment(place.environment)
    try:
        found = promotion.plan(here.around(), team, name, place.next, environment, Request())
    except PipelinekitError as error:
        return {"may": False, "why": [f"not known: {error.faults[0].problem}"]}
    closed = promotion.unasked(found).closed
    return {"may": not closed, "why": [f"{each.gate}: {each.reason}" for each in closed]}


def _sets(here: Desk, common: History) -> list[dict[str, Any]]:
    """How each set stands in each environment, by its newest record."""
    return [
        {
            "set": name,
            "environment": environment.name,
            "stands": entry.event.kind if entry.event.kind in SET_ENDS else "underway",
            "at": entry.event.at,
            "by": str(entry.writer),
            "members": [str(each) for each in record.parts],
        }
        for environment in here.platform.environments
        for name, entry in last_of(common, environment.name).items()
        if (record := record_of(entry.event))
    ]


def _lines(row: dict[str, Any]) -> list[str]:
    if "set" in row:
        words = _STANDS.get(row["stands"], row["stands"])
        stands = f"{words}, {moment(row['at'])} by {row['by']}"
        return [f"set {row['set']} in {row['environment']}: {stands}", *(f"  {x}" for x in row["members"])]
    if "unread" in row:
        return [f"{row['application']}: not known: {row['unread']}"]
    there = row["version"] or "nothing"
    if row["version"]:
        proven = "its tests passed" if row["verified"] else "its tests have not passed"
        there += f", since {moment(row['at'])} by {row['by']}, {proven}"
    lines = [f"{row['application']} in {row['environment']}: {there}"]
    lines += [f"  {each}" for each in row["stops"]]
    if row["next"]:
        again = " try again" if row["failed"] else ""
        may = {True: f", and may{again}", False: f", and may not{again}"}.get(row.get("may", ""), "")
        failed = f" failed there: {row['failed'].splitlines()[0]}" if row["failed"] else ""
        lines.append(f"  {row['next']}{failed or ' would come next'}{may}")
        lines += [f"    {each}" for each in row.get("why", ())]
    return lines
