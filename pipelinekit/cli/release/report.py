"""The verb `report`: what runs where, and whether what comes next may move."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from pipelinekit.cli import report as say
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import bare, desk
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ledger import PLATFORM, branch_of
from pipelinekit.model.promotion import Request
from pipelinekit.plan.moment import moment
from pipelinekit.plan.overview import Place, places
from pipelinekit.plan.releaseset.record import SET_ENDS, last_of, record_of
from pipelinekit.steps.promotion import promote as promotion


@click.command()
@desk(click.argument("application", metavar="[APP]", default=""))
def report(here: Desk, application: str, as_json: bool) -> None:
    """Show which version is in which environment by the ledger: of one application, or of all.

    Of one application it also tells what would come next, and whether it may and why not: every gate is
    asked, and so are registries and clusters.

    \b
    Examples:
      pipelinekit report orders
      pipelinekit report --json
    """
    rows = []
    for team, name in _applications(here, application):
        history = here.ledger.history(branch_of(team, name))
        for place in places(history, here.platform):
            row = {"application": f"{team}/{name}", **dataclasses.asdict(place)}
            rows.append(row | (_may(here, team, name, place) if application and place.next else {}))
    if not application:
        rows += _sets(here)
    if as_json:
        say.as_json(rows)
        return
    for row in rows:
        for text in _lines(row):
            say.result(text)
    told = len({row["application"] for row in rows if "application" in row})
    say.result(f"{told} application(s) in {len(here.platform.environments)} environment(s), by the ledger")


def _applications(here: Desk, application: str) -> list[tuple[str, str]]:
    if application:
        team, name = bare(application)
        return [here.application(team, name)]
    return here.applications()


def _may(here: Desk, team: str, name: str, place: Place) -> dict[str, Any]:
    environment = here.environment(place.environment)
    try:
        planned = promotion.plan(here.around(), team, name, place.next, environment, Request())
    except PipelinekitError as error:
        return {"may": False, "why": [f"not known: {error.faults[0].problem}"]}
    closed = planned.judged.closed
    return {"may": not closed, "why": [f"{each.gate}: {each.reason}" for each in closed]}


def _sets(here: Desk) -> list[dict[str, Any]]:
    """How each set stands in each environment, by its newest record."""
    common = here.ledger.history(PLATFORM)
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
        stands = f"{row['stands']}, {moment(row['at'])} by {row['by']}"
        return [f"set {row['set']} in {row['environment']}: {stands}", *(f"  {x}" for x in row["members"])]
    there = row["version"] or "nothing"
    if row["version"]:
        proven = "verified" if row["verified"] else "not verified"
        there += f", since {moment(row['at'])} by {row['by']}, {proven}"
    lines = [f"{row['application']} in {row['environment']}: {there}"]
    if row["next"]:
        may = {True: ", and may", False: ", and may not"}.get(row.get("may", ""), "")
        lines.append(f"  {row['next']} would come next{may}")
        lines += [f"    {each}" for each in row.get("why", ())]
    return lines
