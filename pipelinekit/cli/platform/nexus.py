"""The verbs of a Nexus server."""

from __future__ import annotations

import dataclasses
import os

import click

from pipelinekit.adapters.nexus import ADMIN, HINT, NexusClient, enter, patiently, wait
from pipelinekit.cli.options import JSON, PLATFORM_NAMED, seconds
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import read_named_platform
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed, refused, usage
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.model.release import Credentials
from pipelinekit.plan.nexus.tenants import tenants_of
from pipelinekit.plan.nexus.wanted import password_variable, users
from pipelinekit.steps import nexus as steps

STARTING = 300.0
"""Seconds that a new server may take to start."""


@click.group()
def nexus() -> None:
    """Bring a Nexus into the state that platform.yaml describes."""


@nexus.command()
@PLATFORM_NAMED
@click.option("--check", is_flag=True, help="Exit code 1 when something differs.")
@seconds("--wait", 0, "Seconds for which a server that does not answer is asked again.", 0)
@JSON
def plan(platform: str, check: bool, wait: int, as_json: bool) -> None:
    """Show what differs between the server and the document.

    \b
    Example:
      pipelinekit nexus plan --platform ../platform
    """
    section = _section(platform)
    planned = patiently(lambda: steps.plan(section, _server(section, change=False)), wait)
    if as_json:
        report.as_json(
            {
                "changes": list(planned.lines),
                "unknown": list(planned.unknown),
                "formerUsers": list(planned.former),
            }
        )
    else:
        for line in planned.lines:
            report.result(line)
        if planned.unknown:
            report.notice(f"not in the document, and left alone: {', '.join(planned.unknown)}")
        if planned.former:
            report.notice(f"of no registered team, and may still write: {', '.join(planned.former)}")
        if not planned.lines:
            report.result(f"{section.url} is as the document says")
    if check and planned.lines:
        raise check_failed("nexus-drift", f"{section.url} differs in {counted(len(planned.lines), 'thing')}")


@nexus.command()
@PLATFORM_NAMED
@JSON
def apply(platform: str, as_json: bool) -> None:
    """Do what `nexus plan` shows. Run it again, and nothing is left to do.

    PK_NEXUS_USER and PK_NEXUS_PASSWORD are the administrator's; PK_NEXUS_INITIAL_PASSWORD is a new server's
    first password, which is changed to that. PK_NEXUS_PUSH_PASSWORD, PK_NEXUS_PULL_PASSWORD and, for the user
    nexus-TEAM of each team that has an application, PK_NEXUS_TEAM_<TEAM>_PASSWORD (upper case, _ for -) are
    given to the users that are made. A team's user writes what the templates of images and charts give to its
    applications, and nothing else.

    \b
    Example:
      pipelinekit nexus apply --platform ../platform
    """
    section = _section(platform)
    wait(section.url, STARTING)
    client = _server(section, change=True)
    passwords = {user: os.environ.get(password_variable(section, user), "") for user, *_ in users(section)}
    done = steps.apply(section, client, passwords, report.say)
    if as_json:
        report.as_json({"acted": bool(done), "changes": list(done)})
    elif done:
        report.result(f"{section.url}: {counted(len(done), 'thing')} changed")
    else:
        report.result(f"{section.url} is as the document says already")


def _section(source: str) -> Nexus:
    if not source:
        raise usage("platform-needed", "no platform is named", hint="--platform or PIPELINEKIT_PLATFORM")
    platform = read_named_platform(source)
    if platform.nexus is None:
        hint = "add a section nexus: {url: …}"
        raise refused("nexus-undescribed", "the platform's document describes no Nexus", hint=hint)
    return dataclasses.replace(platform.nexus, tenants=tenants_of(platform))


def _server(section: Nexus, *, change: bool) -> NexusClient:
    password = os.environ.get("PK_NEXUS_PASSWORD", "")
    if not password:
        raise refused("password-missing", "the administrator's password is not there", hint=HINT)
    login = Credentials(os.environ.get("PK_NEXUS_USER") or ADMIN, password)
    return enter(section.url, login, os.environ.get("PK_NEXUS_INITIAL_PASSWORD", ""), change=change)
