"""The verbs about versions: which one this is, and what differs between two."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from pipelinekit.adapters.disk import momentary
from pipelinekit.cli.options import ENVIRONMENT, JSON, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import Line
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.plan.versions.version import explain
from pipelinekit.steps import difference


@click.command()
@click.argument("older")
@click.argument("newer", default="")
@line(ENVIRONMENT)
def diff(here: Line, older: str, newer: str, environment: str) -> None:
    """Show what differs between two published versions, as an environment would get them.

    NEWER is this revision's version when it is not given; without --env it is the first environment. Labels
    and annotations that only say which version it is are left out.

    \b
    Example:
      pipelinekit diff 1.4.1 1.4.2 --env production
    """
    here.require_registry()
    versions = (older, newer or here.plan.version)
    known = here.platform.environments
    chosen = next((each for each in known if environment in ("", each.name)), None)
    if chosen is None:
        (chosen,) = environments_to_deploy(here.platform, environment, automatic=False)
    with momentary.folder() as scratch:
        target = here.target(chosen)
        text = difference.difference(here.plan, versions, target, Path(scratch), here.helm, here.charts)
    if text:
        report.result(text.rstrip("\n"))
    report.say(f"{' and '.join(versions)} {'differ' if text else 'are alike'} in {chosen.name}")


@click.command()
@line(click.option("--explain", "why", is_flag=True, help="Say which facts made it."), JSON)
def version(here: Line, why: bool, as_json: bool) -> None:
    """Show the version of this revision.

    \b
    Examples:
      pipelinekit version --json
      pipelinekit version --explain
    """
    plan = here.plan
    explained = explain(plan.revision, conventional=here.app.versions == "conventional")
    if as_json:
        facts = {"version": plan.version, "reasons": list(explained.reasons)}
        report.as_json({**facts, **dataclasses.asdict(plan.revision)})
        return
    for each in explained.reasons if why else ():
        report.say(each)
    report.result(plan.version)
