"""The verbs of jobs: plan, apply, drift, prune, status."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pipelinekit.adapters import files
from pipelinekit.cli import report
from pipelinekit.cli.controller import Controller, Site, read_site
from pipelinekit.cli.options import JSON, PLATFORM
from pipelinekit.errors import Fault, Refused, ToolFailed, check_failed, refused, usage
from pipelinekit.model.jobconfig import Difference
from pipelinekit.model.jobplan import Action, Change, JobPlan, Wanted, from_json, to_json
from pipelinekit.model.jobrun import JobStatus
from pipelinekit.plan.jobchanges import Live, check_deletions, plan_pruning
from pipelinekit.plan.jobs import notices, path_of
from pipelinekit.steps import jobs as steps

AT_ONCE = click.option(
    "--at-once",
    default=steps.AT_ONCE,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Requests at a time.",
)
YES = click.option("--yes", is_flag=True, help="Do not ask.")
ASSUME = click.option(
    "--assume-credential",
    "assume",
    multiple=True,
    metavar="ID",
    help="This credential is there, although this account cannot see it; repeat it.",
)
ADOPT = click.option(
    "--adopt",
    multiple=True,
    metavar="PATH",
    help="Take over a job that nobody has marked as theirs; repeat it.",
)


@click.group()
def jobs() -> None:
    """Plan, apply and watch the platform's jobs in Jenkins.

    The account is PK_JENKINS_USER with PK_JENKINS_PASSWORD, which is best an API token.
    """


@jobs.command()
@PLATFORM
@ADOPT
@ASSUME
@AT_ONCE
@click.option("--out", default="", metavar="FILE", help="Write the plan, for `jobs apply FILE`.")
@JSON
def plan(
    platform: str, adopt: tuple[str, ...], assume: tuple[str, ...], at_once: int, out: str, as_json: bool
) -> None:
    """Show what has to change in Jenkins, and change nothing.

    Every job is compared field by field with what it should be; what people have changed by hand is said so.

    \b
    Example:
      pipelinekit jobs plan --platform . --out plan.json
    """
    site = read_site(platform)
    made, _ = plan_for(site, Controller(site.jenkins.url), adopt, assume, at_once)
    if out:
        files.write_atomic(Path(out), to_json(made), durable=True)
    show(made, as_json)


@jobs.command()
@click.argument("plan", default="", metavar="[PLAN]")
@PLATFORM
@ADOPT
@ASSUME
@AT_ONCE
@YES
@JSON
def apply(
    plan: str,
    platform: str,
    adopt: tuple[str, ...],
    assume: tuple[str, ...],
    at_once: int,
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
    controller = Controller(site.jenkins.url)
    if plan:
        made = _planned(plan, site)
        controller.facts.version()
    else:
        made, _ = plan_for(site, controller, adopt, assume, at_once)
        if not as_json:
            show(made, as_json=False)
        consent(made, yes)
    apply_plan(made, controller, at_once, as_json)


@jobs.command()
@PLATFORM
@AT_ONCE
@JSON
def drift(platform: str, at_once: int, as_json: bool) -> None:
    """Show what people have changed by hand in our jobs. Exit code 1 when there is something.

    \b
    Example:
      pipelinekit jobs drift --platform .
    """
    site = read_site(platform)
    made, _ = plan_for(site, Controller(site.jenkins.url), (), (), at_once, ask=False)
    drifted = [each for each in made.of(Action.UPDATE) if each.by_hand]
    if as_json:
        report.as_json([_row(each) for each in drifted])
    for each in drifted if not as_json else ():
        report.result("\n".join(_lines(each)))
    if drifted:
        raise check_failed(
            "jobs-drift",
            f"{_count(drifted, 'job')} changed by hand",
            hint="`pipelinekit jobs apply` puts them back",
        )
    if not as_json:
        report.result(f"no job of platform {site.platform.name} was changed by hand")


@jobs.command()
@PLATFORM
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
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and do nothing.")
@YES
@JSON
def prune(
    platform: str,
    grace: int,
    max_delete: str,
    keep_builds: bool,
    at_once: int,
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
    controller = Controller(site.jenkins.url)
    made, live = plan_for(site, controller, (), (), at_once, ask=False)
    before = (_today() - timedelta(days=grace)).isoformat()
    candidates = plan_pruning(made.changes, live, before=before)
    if keep_builds:
        doomed = [each.path for each in candidates if each.action is Action.DELETE and each.kind != "folder"]
        kept = controller.facts.paths_with_builds(doomed)
        candidates = plan_pruning(made.changes, live, before=before, with_builds=kept)
    ours = sum(1 for each in live.items.values() if each.kind != "folder" and _is_ours(each.marker, site))
    check_deletions(candidates, ours, max_delete)
    pruning = replace(made, changes=candidates)
    if plan_only or not as_json:
        show(pruning, as_json)
    if plan_only:
        return
    consent(pruning, yes)
    apply_plan(pruning, controller, at_once, as_json)


@jobs.command()
@PLATFORM
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
    rows = Controller(site.jenkins.url).jobs.statuses(main)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in rows])
        return
    for each in rows:
        report.result(_status_line(each))
    bad = [each for each in rows if each.last and each.last.result not in ("SUCCESS", "")]
    report.result(f"{_count(rows, 'job')}, {len(bad)} of them not well" if rows else "no jobs")


# --- planning -------------------------------------------------------------------------------------


def plan_for(
    site: Site,
    controller: Controller,
    adopt: Iterable[str],
    assume: Iterable[str],
    at_once: int,
    *,
    ask: bool = True,
    only: str = "",
) -> tuple[JobPlan, Live]:
    """The plan; with `ask` plugins and credentials are asked for as well."""
    controller.facts.version()
    wanted: Sequence[Wanted] = [each for each in site.wanted if each.job.path.startswith(only)]
    live = steps.survey(wanted, controller.jobs, site.platform.name, at_once)
    made = steps.plan_jobs(site.platform, site.commit, wanted, live, adopt=frozenset(adopt))
    if ask:
        found = steps.obstacles(site.platform, wanted, live.items, controller.facts, assume=frozenset(assume))
        made = steps.hinder(made, found.of)
        for each in (*notices(site.platform), *found.notices):
            report.notice(each)
    return made, live


def _planned(path: str, site: Site) -> JobPlan:
    """A plan from disk, if it is for this platform and this controller."""
    made = from_json(files.read_bytes(Path(path)).decode(errors="replace"), path)
    if made.platform != site.platform.name or made.url != site.jenkins.url:
        raise refused(
            "another-plan",
            f"{path} is for platform {made.platform} at {made.url},"
            f" not for {site.platform.name} at {site.jenkins.url}",
            hint="plan again",
        )
    return made


def consent(made: JobPlan, yes: bool) -> None:
    """Ask before doing; raises `UsageError` where nobody can answer and nobody has said --yes."""
    if yes or not made.deeds:
        return
    if not sys.stdin.isatty():
        raise usage(
            "consent", "without a terminal to ask in, say --yes, or give a plan from `jobs plan --out`"
        )
    if not click.confirm(f"Do that in {made.url}?", err=True):
        raise click.Abort


def _today() -> date:
    return datetime.now(UTC).date()


def _is_ours(marker: Any, site: Site) -> bool:
    return marker is not None and marker.platform == site.platform.name


def apply_plan(made: JobPlan, controller: Controller, at_once: int, as_json: bool) -> None:
    """Do what a plan says and report it; raises with every job that failed or was refused."""
    say = (lambda _: None) if as_json else report.say
    results = steps.apply(made, controller.jobs, today=_today().isoformat(), say=say, at_once=at_once)
    left = [Fault("job-refused", f"{each.path}: {each.why}") for each in made.of(Action.REFUSED)]
    hint = "add what is missing and run it again; --assume-credential for one that this account cannot see"
    blocked = [Fault("job-blocked", f"{each.path} {each.why}", hint=hint) for each in made.of(Action.BLOCKED)]
    faults = [*steps.failures(results), *blocked]
    if as_json:
        report.as_json(
            {
                "done": {each.change.path: each.change.action for each in results if not each.error},
                "already": [each.change.path for each in results if each.already],
                "failed": [str(each) for each in (*faults, *left)],
            }
        )
    else:
        done = [replace(each.change) for each in results if not each.error and not each.already]
        report.result(_summary(done, made))
    if faults:
        raise ToolFailed(*faults, *left)
    if left:
        raise Refused(*left)


# --- showing --------------------------------------------------------------------------------------

_QUIET = frozenset((Action.SAME,))


def show(made: JobPlan, as_json: bool) -> None:
    """The plan, a job each and its differences, and what it comes to."""
    if as_json:
        report.as_json(
            {
                "platform": made.platform,
                "url": made.url,
                "changes": [_row(each) for each in made.changes if each.action not in _QUIET],
                "unchanged": len(made.of(Action.SAME)),
            }
        )
        return
    for each in made.changes:
        if each.action not in _QUIET:
            report.result("\n".join(_lines(each)))
    report.result(_outlook(made))


def _row(change: Change) -> dict[str, Any]:
    fields = {"path": change.path, "kind": change.kind, "action": change.action, "why": change.why}
    return {
        **fields,
        "byHand": change.by_hand,
        "differences": [dataclasses.asdict(each) for each in change.differences],
    }


def _lines(change: Change) -> list[str]:
    why = f"  ({change.why})" if change.why else ""
    lines = [f"{change.action:>8}  {change.path}{why}"]
    for each in change.differences:
        lines += [f"            {line}" for line in _difference(each)]
    return lines


def _difference(each: Difference) -> list[str]:
    live, wanted = each.live or "", each.wanted or ""
    if "\n" in live or "\n" in wanted:
        body = difflib.unified_diff(
            live.splitlines(), wanted.splitlines(), "in Jenkins", "wanted", lineterm="", n=1
        )
        return [f"{each.path}:", *(f"  {line}" for line in body)]
    return [f"{each.path}: {_shown(each.live)} -> {_shown(each.wanted)}"]


def _shown(value: str | None) -> str:
    return "(default)" if value is None else repr(value) if len(value) <= 200 else repr(value[:200] + "…")


def _outlook(made: JobPlan) -> str:
    hand = sum(1 for each in made.of(Action.UPDATE) if each.by_hand)
    parts = [
        f"{len(made.of(Action.CREATE))} to create",
        f"{len(made.of(Action.UPDATE))} to update ({hand} changed by hand)",
        f"{len(made.of(Action.DISABLE))} to disable",
    ]
    parts += [f"{len(made.of(Action.DELETE))} to delete"] if made.of(Action.DELETE) else []
    parts += [f"{len(made.of(Action.REFUSED))} refused"] if made.of(Action.REFUSED) else []
    parts += [f"{len(made.of(Action.BLOCKED))} blocked"] if made.of(Action.BLOCKED) else []
    parts += [f"{len(made.of(Action.FOREIGN))} foreign, left alone"] if made.of(Action.FOREIGN) else []
    parts += [f"{len(made.of(Action.KEEP))} kept"] if made.of(Action.KEEP) else []
    parts.append(f"{len(made.of(Action.SAME))} unchanged")
    return f"platform {made.platform} at {made.url}: {', '.join(parts)}"


def _summary(done: Sequence[Change], made: JobPlan) -> str:
    counts = {action: sum(1 for each in done if each.action is action) for action in Action}
    words = ((Action.CREATE, "created"), (Action.UPDATE, "updated"), (Action.DISABLE, "disabled"))
    parts = [
        f"{counts[action]} {word}" for action, word in (*words, (Action.DELETE, "deleted")) if counts[action]
    ]
    return f"platform {made.platform} at {made.url}: {', '.join(parts) or 'nothing to do'}"


def _count(things: Sequence[Any], word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _status_line(row: JobStatus) -> str:
    line = f"{row.path:<40} {row.state}"
    if row.last:
        when = datetime.fromtimestamp(row.last.when, UTC).strftime("%Y-%m-%d %H:%M")
        line = f"{row.path:<40} {row.last.result or 'running'} #{row.last.number}, {when} UTC"
    if row.failing:
        line += f"; failing: {', '.join(row.failing)}"
    return line
