"""The verbs of jobs: plan, apply, drift, prune, status."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pipelinekit import __version__
from pipelinekit.adapters.disk import files
from pipelinekit.cli.jenkins.controller import Controller, Site, read_site
from pipelinekit.cli.jenkins.options import ADOPT, ASSUME, BY_SCRIPT, YES
from pipelinekit.cli.jenkins.plans import (
    PRUNING,
    apply_plan,
    consent,
    lines,
    plan_for,
    read_plan,
    row,
    show,
    today,
)
from pipelinekit.cli.options import JSON, PLATFORM_HERE
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed
from pipelinekit.model.jenkins.jobplan import Action, to_json
from pipelinekit.model.jenkins.jobrun import JobStatus
from pipelinekit.plan.jenkins.jobchanges import check_deletions, plan_pruning
from pipelinekit.plan.jenkins.jobs import path_of
from pipelinekit.steps import jobs as steps
from pipelinekit.steps import library

AT_ONCE = click.option(
    "--at-once",
    default=steps.AT_ONCE,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Requests at a time.",
)


@click.group()
def jobs() -> None:
    """Plan, apply and watch the platform's jobs in Jenkins.

    The account is PK_JENKINS_USER with PK_JENKINS_PASSWORD, which is best an API token.
    """


@jobs.command()
@PLATFORM_HERE
@ADOPT
@ASSUME
@AT_ONCE
@BY_SCRIPT
@click.option(
    "--out", default="", type=on_disk, metavar="FILE", help="Write the plan, for `jobs apply FILE`."
)
@JSON
def plan(
    platform: str,
    adopt: tuple[str, ...],
    assume: tuple[str, ...],
    at_once: int,
    by_script: bool,
    out: str,
    as_json: bool,
) -> None:
    """Show what has to change in Jenkins, and change nothing.

    Every job is compared field by field with what it should be; what people have changed by hand is said so.

    \b
    Example:
      pipelinekit jobs plan --platform . --out plan.json
    """
    from pipelinekit.adapters.source.repositories import RemoteRepositories

    site = read_site(platform)
    controller = Controller(site.jenkins.url, by_script=by_script)
    made, _ = plan_for(site, controller, adopt, assume, at_once)
    for each in library.notices(site.platform, controller.facts, RemoteRepositories(), __version__):
        report.notice(each)
    if out:
        files.write_atomic(Path(out), to_json(made), durable=True)
    show(made, as_json)


@jobs.command()
@click.argument("plan", default="", type=on_disk, metavar="[PLAN]")
@PLATFORM_HERE
@ADOPT
@ASSUME
@AT_ONCE
@BY_SCRIPT
@YES
@JSON
def apply(
    plan: str,
    platform: str,
    adopt: tuple[str, ...],
    assume: tuple[str, ...],
    at_once: int,
    by_script: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring Jenkins' jobs to what they should be: exactly what a PLAN says, or a new plan after asking.

    A job that has changed since it was planned stops the whole plan. What fails is reported with its
    reason, everything else is done; run again, it goes on where it was.

    \b
    Examples:
      pipelinekit jobs apply plan.json
      pipelinekit jobs apply --platform . --yes
    """
    site = read_site(platform)
    controller = Controller(site.jenkins.url, by_script=by_script)
    if plan:
        made = read_plan(plan, site)
        controller.facts.version()
    else:
        made, _ = plan_for(site, controller, adopt, assume, at_once)
        if not as_json:
            show(made, as_json=False)
        consent(made, yes)
    apply_plan(made, controller, at_once, as_json)


@jobs.command()
@PLATFORM_HERE
@AT_ONCE
@BY_SCRIPT
@JSON
def drift(platform: str, at_once: int, by_script: bool, as_json: bool) -> None:
    """Show what people have changed by hand in our jobs. Exit code 1 when there is something.

    \b
    Example:
      pipelinekit jobs drift --platform .
    """
    site = read_site(platform)
    made, _ = plan_for(site, Controller(site.jenkins.url, by_script=by_script), (), (), at_once, ask=False)
    drifted = [each for each in made.of(Action.UPDATE) if each.by_hand]
    if as_json:
        report.as_json([row(each) for each in drifted])
    for each in drifted if not as_json else ():
        report.result("\n".join(lines(each)))
    if drifted:
        raise check_failed(
            "jobs-drift",
            f"{counted(len(drifted), 'job')} changed by hand",
            hint="`pipelinekit jobs apply` puts them back",
        )
    if not as_json:
        report.result(f"no job of platform {site.platform.name} was changed by hand")


@jobs.command()
@PLATFORM_HERE
@click.option(
    "--grace", default=14, show_default=True, type=click.IntRange(0, 3650), help="Days a job stays disabled."
)
@click.option(
    "--max-delete",
    default="10%",
    show_default=True,
    metavar="N|N%",
    help="Refuse to delete more jobs than this.",
)
@click.option("--keep-builds", is_flag=True, help="Keep jobs with builds for their history, disabled.")
@AT_ONCE
@BY_SCRIPT
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and do nothing.")
@YES
@JSON
def prune(
    platform: str,
    grace: int,
    max_delete: str,
    keep_builds: bool,
    at_once: int,
    by_script: bool,
    plan_only: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Disable jobs that the platform no longer has; delete those that have been disabled long enough.

    Only jobs that carry this platform's mark are touched. A folder goes when nothing is left in it, no
    credential either.

    \b
    Example:
      pipelinekit jobs prune --platform . --grace 30 --plan
    """
    site = read_site(platform)
    controller = Controller(site.jenkins.url, by_script=by_script)
    made, live = plan_for(site, controller, (), (), at_once, ask=False)
    before = (today() - timedelta(days=grace)).isoformat()
    candidates = plan_pruning(made.changes, live, before=before)
    if keep_builds:
        doomed = [each.path for each in candidates if each.action is Action.DELETE and each.kind != "folder"]
        kept = controller.facts.paths_with_builds(doomed)
        candidates = plan_pruning(made.changes, live, before=before, with_builds=kept)
    ours = sum(1 for each in live.items.values() if each.kind != "folder" and _is_ours(each.marker, site))
    check_deletions(candidates, ours, max_delete)
    pruning = replace(made, changes=candidates)
    if plan_only or not as_json:
        show(pruning, as_json, PRUNING)
    if plan_only:
        return
    consent(pruning, yes)
    apply_plan(pruning, controller, at_once, as_json)


@jobs.command()
@PLATFORM_HERE
@JSON
def status(platform: str, as_json: bool) -> None:
    """Show the platform's jobs with the last result of their main branch.

    \b
    Example:
      pipelinekit jobs status --platform .
    """
    site = read_site(platform)
    main = {path_of(each.team, each.name): each.branch for each in site.platform.applications}
    if site.jenkins.source:
        main = {"pipelinekit/seed": "", **main}
    controller = Controller(site.jenkins.url)
    rows = controller.jobs.statuses(main)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in rows])
        return
    for each in rows:
        report.result(_status_line(each))
    report.result(_outcome(rows))
    if any(each.state == "missing" for each in rows):
        report.say("`pipelinekit jobs apply` makes what is missing")
    unseen = sorted({each.path.rpartition("/")[0] for each in rows if each.state == "not seen"})
    if unseen:
        report.say(
            f"{controller.client.who} does not see {', '.join(unseen)}: an administrator grants Job/Read"
            " there; on a controller where nothing was applied yet, `pipelinekit jobs apply` makes them"
        )


def _is_ours(marker: Any, site: Site) -> bool:
    return marker is not None and marker.platform == site.platform.name


def _outcome(rows: Sequence[JobStatus]) -> str:
    if not rows:
        return "no jobs"
    bad = [
        each
        for each in rows
        if each.state == "scan failed" or (each.last and each.last.result not in ("SUCCESS", ""))
    ]
    missing, unseen = ([each for each in rows if each.state == state] for state in ("missing", "not seen"))
    told = f"{counted(len(rows), 'job')}, {len(bad)} not well, {len(missing)} missing"
    return f"{told}, {len(unseen)} not seen" if unseen else told


def _status_line(row: JobStatus) -> str:
    line = f"{row.path:<40} {row.state}"
    if row.last:
        when = datetime.fromtimestamp(row.last.when, UTC).strftime("%Y-%m-%d %H:%M")
        line = f"{row.path:<40} {row.last.result or 'running'} #{row.last.number}, {when} UTC"
    if row.log:
        line += f": {row.log}"
    if row.failing:
        line += f"; failing: {', '.join(row.failing)}"
    return line
