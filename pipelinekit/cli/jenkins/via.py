"""`--via jenkins`: a verb done by the application's own pipeline, followed from a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from urllib.parse import quote

import click

from pipelinekit.cli.jenkins.controller import Controller
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import Line
from pipelinekit.errors import refused, usage
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.stages import DEPLOY
from pipelinekit.plan.jenkins.jobs import path_of
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.ports import Builds
from pipelinekit.steps import follow as steps


def deploy(here: Line, via: str, environment: str, *, plan_only: bool, as_json: bool) -> None:
    """Deploy by a build of the main branch, which deploys to every automatic environment."""
    url = controller_of(here.platform, via)
    automatic = [each.name for each in environments_to_deploy(here.platform, "", automatic=True)]
    if environment and environment not in automatic:
        raise refused(
            "not-automatic",
            f"{environment} is not automatic: a pipeline deploys to {', '.join(automatic) or 'nothing'}",
            hint="an environment with a gate is reached by promotion",
        )
    path = branch_path(here)
    if plan_only:
        report.result(f"would build {path} at {url}, which deploys to {', '.join(automatic) or 'nothing'}")
        return
    follow(Controller(url).builds, url, path, {DEPLOY: "true"}, as_json=as_json)


def controller_of(platform: Platform, via: str) -> str:
    """The controller's address; raises `UsageError` for another way, and for a platform without one."""
    if via != "jenkins":
        raise usage("via", f"--via {via[:40]!r} is not known", hint="--via jenkins")
    if platform.jenkins is None:
        raise usage(
            "no-jenkins", "the platform names no controller", hint="give --platform, with jenkins: in it"
        )
    return platform.jenkins.url


def branch_path(here: Line) -> str:
    """The job of the application's main branch; Jenkins encodes a branch's name to make a job's."""
    branch = here.revision.main_branch
    return f"{path_of(here.app.team, here.app.name)}/{quote(branch, safe='')}"


def follow(
    builds: Builds, url: str, path: str, parameters: Mapping[str, str], *, as_json: bool, whole: bool = False
) -> None:
    """Start a build and follow it to its end, which is raised unless it is a good one.

    `whole`: the job has to take every parameter, and what its verb refused is a refusal here too.
    """
    following = steps.start(builds, path, parameters, whole=whole)
    report.say(f"{path} is queued at {url} (item {following.ticket.item})")
    write = report.say if as_json else report.result
    try:
        result = steps.follow(builds, following, write=write, say=report.say, sleep=time.sleep)
    except KeyboardInterrupt:
        _interrupted(builds, following, url)
        raise
    if as_json:
        report.as_json({"job": path, "number": following.number, "result": result})
    steps.settle(path, following.number, result, following.code if whole else None)
    if not as_json:
        report.result(f"{path} #{following.number} ended with {result}")


def _interrupted(builds: Builds, following: steps.Following, url: str) -> None:
    """Ask what shall become of the build; without a terminal it goes on."""
    path = following.ticket.path
    if not (sys.stdin.isatty() and click.confirm(f"\nAbort the build of {path}?", default=False, err=True)):
        report.notice(f"{path} goes on at {url}")
        return
    problem = steps.abort(builds, following)
    report.notice(f"{path}: {problem.faults[0].problem}" if problem else f"{path} is aborted")
