"""`platform bootstrap`: the first components from a workstation, until Jenkins takes over."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli.jenkins.options import ASSUME, YES
from pipelinekit.cli.options import ENVIRONMENT, JSON, PLAN, PLATFORM_FOLDER
from pipelinekit.cli.output import report
from pipelinekit.cli.platform.components.choice import said_by
from pipelinekit.cli.platform.components.outcomes import require_done, run, tell
from pipelinekit.cli.platform.components.rollout import TIMEOUT
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Refused, ToolFailed, refused

if TYPE_CHECKING:
    from pipelinekit.cli.jenkins.controller import Controller, Site
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.jenkins.jobplan import JobPlan
    from pipelinekit.model.rollout.part import PartPlan

AT_ONCE = 8
"""Requests to Jenkins at a time."""


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@TIMEOUT
@ASSUME
@YES
@PLAN
@JSON
def bootstrap(
    platform: str,
    environment: str,
    timeout: int,
    assume: tuple[str, ...],
    yes: bool,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Bring up the first Jenkins and Nexus, with what they need, from here; then Jenkins takes over.

    What goes first is the component that is the controller, nexus where it is on, and all that these need.
    Their charts are installed from here and published by Jenkins later, for what they are published to may
    be among them; for the same reason nothing at or below Nexus may pull from it (6). Once the controller
    answers, as PK_JENKINS_USER with PK_JENKINS_PASSWORD, the platform's jobs are made. Run again after
    whatever stopped it, it goes on where it was. Where Jenkins has all of its jobs it has taken over: then
    changes are refused here (6).

    \b
    Examples:
      pipelinekit platform bootstrap --platform . --env dev --plan
      pipelinekit platform bootstrap --platform . --env dev
    """
    from pipelinekit.cli.jenkins.controller import Controller, read_site
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.plan.bundle.knot import NEXUS
    from pipelinekit.plan.rollout.bootstrap import controller_of, first, in_charge, sources
    from pipelinekit.steps.rollout import bootstrap as steps
    from pipelinekit.steps.rollout import deploy as deployment
    from pipelinekit.steps.rollout.looks import plan as planning

    here, site = Rollout(platform, environment), read_site(platform or ".")
    url = site.jenkins.url
    here.require_open()
    jenkins = controller_of(here.on)
    order = first(here.order, jenkins, NEXUS)
    parts, shelf, world = here.parts, here.shelf, here.site
    images = steps.pulled(parts, order, shelf, here.helm)
    plans = planning.plan(parts, order, here.order, shelf, world, report.say)
    _require_possible(plans)
    installed = next(each.installed for each in plans if each.component == jenkins)
    changing = [each.component for each in plans if each.acts]
    jobs = _jobs_there(site, assume, must=bool(changing) and not plan_only) if installed else None
    if jobs is not None and in_charge(jobs, changing):
        _taken_over(here, url, changing, _missing(jobs), as_json=as_json)
        return
    if not as_json:
        _show(plans, sources(images), url, jobs)
    if plan_only:
        if as_json:
            report.as_json({"components": [dataclasses.asdict(each) for each in plans], "jenkins": url})
        return
    _agree(here, url, yes=yes)
    outcomes = run(
        order,
        lambda name: deployment.deploy(
            parts[name], shelf, world, timeout=timeout, say=said_by(name), publish=False
        ),
    )
    if not as_json:
        tell(outcomes)
    require_done(outcomes)
    controller = Controller(url)
    version = steps.answers(controller.facts, timeout=timeout, say=report.say)
    report.say(f"Jenkins {version} answers at {url}")
    made = _give_jobs(site, controller, assume, as_json=as_json)
    if as_json:
        done = [dataclasses.asdict(each) for each in outcomes]
        report.as_json({"components": done, "jobs": made, "jenkins": url})
        return
    _hand_over(here, url, controller)


def _require_possible(plans: Sequence[PartPlan]) -> None:
    bad = [Fault("cannot-change", f"{each.component}: {line}") for each in plans for line in each.refusals]
    if bad:
        raise Refused(*bad)


def _jobs_there(site: Site, assume: Sequence[str], *, must: bool) -> JobPlan | None:
    """What the jobs lack, of a controller that answers; None for one that does not, or not to us.

    With `must` one that is there and does not answer us is an error: nobody knows what it builds.
    """
    from pipelinekit.cli.jenkins.controller import Controller
    from pipelinekit.cli.jenkins.plans import plan_for
    from pipelinekit.steps.rollout.bootstrap import AWAY

    try:
        return plan_for(site, Controller(site.jenkins.url), (), assume, AT_ONCE, ask=False)[0]
    except ToolFailed as error:
        if must and error.faults[0].code not in AWAY:
            raise
        report.say(f"the jobs are not looked at yet: {error.faults[0].problem}")
        return None


def _missing(jobs: JobPlan) -> tuple[str, ...]:
    """The jobs that Jenkins does not have."""
    from pipelinekit.model.jenkins.jobplan import Action

    return tuple(each.path for each in jobs.of(Action.CREATE, Action.BLOCKED, Action.REFUSED))


def _taken_over(
    here: Rollout, url: str, changing: Sequence[str], missing: Sequence[str], *, as_json: bool
) -> None:
    """Say that there is nothing left to begin; raises `Refused` where something would be changed."""
    if changing:
        deploy = f"`pipelinekit platform deploy --env {here.environment.name} --via jenkins`"
        apply = f"`pipelinekit jobs apply` makes {counted(len(missing), 'job')} that it lacks, then "
        raise refused(
            "taken-over",
            f"Jenkins at {url} has taken over, and {', '.join(changing)} would be changed from here",
            hint=f"{apply if missing else ''}{deploy}",
        )
    if as_json:
        report.as_json({"components": [], "jobs": {}, "jenkins": url, "takenOver": True})
        return
    report.result(f"Jenkins at {url} has taken over: nothing was done")


def _show(plans: Sequence[PartPlan], sources: Sequence[str], url: str, jobs: JobPlan | None) -> None:
    from pipelinekit.cli.platform.components.standing import tell_plans

    tell_plans(plans)
    for line in sources:
        report.result(line)
    report.result("charts: installed from here; the job platform/all publishes them in its first run")
    many = counted(len(_missing(jobs)), "job") if jobs is not None else "the platform's jobs"
    report.result(f"then {many} in Jenkins at {url}")


def _agree(here: Rollout, url: str, *, yes: bool) -> None:
    from pipelinekit.cli.jenkins.plans import agree

    agree(f"Bring that up in {here.environment.name}, and its jobs at {url}?", yes)


def _give_jobs(site: Site, controller: Controller, assume: Sequence[str], *, as_json: bool) -> dict[str, Any]:
    from pipelinekit.cli.jenkins.plans import carry_out, plan_for

    made, _ = plan_for(site, controller, (), assume, AT_ONCE)
    return carry_out(made, controller, AT_ONCE, as_json=as_json)


def _hand_over(here: Rollout, url: str, controller: Controller) -> None:
    """What Jenkins does from here, and how one gets in."""
    from pipelinekit.plan.jenkins.components import why_none

    lacks = why_none(here.platform)
    if lacks:
        report.notice(f"Jenkins has no jobs that roll out components: {lacks}")
    else:
        report.result("the job platform/all rolls out all that is on and publishes the charts: start it once")
        name = here.environment.name
        report.result(f"from here: `pipelinekit platform deploy --env {name} --via jenkins`")
    report.result(f"{controller.client.who} is let in at {url}: Jenkins takes over")
