"""Plans of jobs in a terminal: made, agreed to, done, and shown."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from pipelinekit.adapters.disk import files
from pipelinekit.cli.jenkins.controller import Controller, Site
from pipelinekit.cli.output import report
from pipelinekit.errors import Fault, Refused, ToolFailed, refused, usage
from pipelinekit.model.jenkins.jobconfig import Difference
from pipelinekit.model.jenkins.jobplan import Action, Change, JobPlan, Wanted, from_json
from pipelinekit.model.jenkins.jobs import DRAFTS
from pipelinekit.plan.jenkins.jobchanges import Live
from pipelinekit.plan.jenkins.jobs import notices
from pipelinekit.steps import jobs as steps
from pipelinekit.steps.deploying import obstacles as asking


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
    # With `only` the rest is nobody's question: what nobody wants there is not looked for either.
    maybe = () if only else (DRAFTS,)
    live = steps.survey(wanted, controller.jobs, site.platform.name, at_once, maybe=maybe)
    made = steps.plan_jobs(site.platform, site.commit, wanted, live, adopt=frozenset(adopt))
    if ask:
        found = asking.obstacles(
            site.platform,
            wanted,
            live.items,
            controller.facts,
            configs=live.configs,
            assume=frozenset(assume),
        )
        made = asking.hinder(made, found.of)
        for each in (*notices(site.platform), *found.notices):
            report.notice(each)
    return made, live


def read_plan(path: str, site: Site) -> JobPlan:
    """A plan from disk, if it is for this platform and this controller."""
    if not Path(path).is_file():
        raise usage("no-plan", f"there is no {path}", hint="`pipelinekit jobs plan --out FILE` writes one")
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
    if made.deeds:
        agree(f"Do that in {made.url}?", yes, "--yes, or give a plan from `jobs plan --out`")


def agree(question: str, yes: bool, instead: str = "--yes") -> None:
    """Ask somebody; raises `UsageError` where nobody can answer and nobody has said --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise usage("consent", f"without a terminal to ask in, say {instead}")
    if not click.confirm(question, err=True):
        raise click.Abort


def today() -> date:
    """The day in UTC, which is what orphans are dated with."""
    return datetime.now(UTC).date()


def apply_plan(made: JobPlan, controller: Controller, at_once: int, as_json: bool) -> None:
    """Do what a plan says and report it; raises with every job that failed or was refused."""
    told = carry_out(made, controller, at_once, as_json=as_json)
    if as_json:
        report.as_json(told)


def carry_out(made: JobPlan, controller: Controller, at_once: int, *, as_json: bool) -> dict[str, Any]:
    """`apply_plan`, whose JSON is returned for who has more to tell; what fails is in it, and raised."""
    say = (lambda _: None) if as_json else report.say
    results = steps.apply(made, controller.jobs, today=today().isoformat(), say=say, at_once=at_once)
    left = [Fault("job-refused", f"{each.path}: {each.why}") for each in made.of(Action.REFUSED)]
    hint = "add what is missing and run it again; --assume-credential for one that this account cannot see"
    blocked = [Fault("job-blocked", f"{each.path} {each.why}", hint=hint) for each in made.of(Action.BLOCKED)]
    faults = [*steps.failures(results), *blocked]
    told = {
        "done": {each.change.path: each.change.action for each in results if not each.error},
        "already": [each.change.path for each in results if each.already],
        "failed": [str(each) for each in (*faults, *left)],
    }
    if not as_json:
        done = [replace(each.change) for each in results if not each.error and not each.already]
        report.result(_summary(done, made, sum(1 for each in results if each.error)))
    elif faults or left:
        report.as_json(told)
    if faults:
        raise ToolFailed(*faults, *left)
    if left:
        raise Refused(*left)
    return told


# --- showing --------------------------------------------------------------------------------------

_QUIET = frozenset((Action.SAME,))
_OUTLOOK = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.DISABLE: "to disable",
    Action.DELETE: "to delete",
    Action.REFUSED: "refused",
    Action.BLOCKED: "blocked",
    Action.FOREIGN: "foreign, left alone",
    Action.KEEP: "kept",
    Action.SAME: "unchanged",
}
PLANNING = (Action.CREATE, Action.UPDATE, Action.DISABLE, Action.SAME)
"""What a plan of all jobs counts also where there is none."""
PRUNING = (Action.DISABLE, Action.DELETE)
"""The same for one of those that nobody wants any more: nothing else can happen to them."""


def show(made: JobPlan, as_json: bool, always: Sequence[Action] = PLANNING) -> None:
    """The plan, a job each and its differences, and what it comes to; `always` is counted also at 0."""
    if as_json:
        report.as_json(
            {
                "platform": made.platform,
                "url": made.url,
                "changes": [row(each) for each in made.changes if each.action not in _QUIET],
                **({"unchanged": len(made.of(Action.SAME))} if Action.SAME in always else {}),
            }
        )
        return
    for each in made.changes:
        if each.action not in _QUIET:
            report.result("\n".join(lines(each)))
    report.result(_outlook(made, always))


def row(change: Change) -> dict[str, Any]:
    """A change for machines."""
    fields = {"path": change.path, "kind": change.kind, "action": change.action, "why": change.why}
    return {
        **fields,
        "byHand": change.by_hand,
        "differences": [dataclasses.asdict(each) for each in change.differences],
    }


def lines(change: Change) -> list[str]:
    """A change for people: what happens to the job, then a line or more for each difference."""
    why = f"  ({change.why})" if change.why else ""
    told = [f"{change.action:>8}  {change.path}{why}"]
    for each in change.differences:
        told += [f"            {line}" for line in _difference(each)]
    return told


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


def _outlook(made: JobPlan, always: Sequence[Action]) -> str:
    parts = []
    for action, words in _OUTLOOK.items():
        count = len(made.of(action))
        hand = sum(1 for each in made.of(action) if each.by_hand)
        told = f" ({hand} changed by hand)" if action is Action.UPDATE else ""
        parts += [f"{count} {words}{told}"] if count or action in always else []
    return f"platform {made.platform} at {made.url}: {', '.join(parts)}"


def _summary(done: Sequence[Change], made: JobPlan, failed: int) -> str:
    counts = {action: sum(1 for each in done if each.action is action) for action in Action}
    words = ((Action.CREATE, "created"), (Action.UPDATE, "updated"), (Action.DISABLE, "disabled"))
    parts = [
        f"{counts[action]} {word}" for action, word in (*words, (Action.DELETE, "deleted")) if counts[action]
    ]
    for action, word in ((Action.REFUSED, "refused"), (Action.BLOCKED, "blocked")):
        parts += [f"{len(made.of(action))} {word}"] if made.of(action) else []
    parts += [f"{failed} failed"] if failed else []
    return f"platform {made.platform} at {made.url}: {', '.join(parts) or 'nothing to do'}"
