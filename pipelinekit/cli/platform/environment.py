"""The verbs below `environment`: what an administrator does once, so that deploying needs few rights."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import click

from pipelinekit.cli.options import JSON, PLAN, PLATFORM_NAMED
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import read_named_platform, registry_login
from pipelinekit.errors import refused, usage
from pipelinekit.model.ground.preparation import Preparation
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.release import IDENTITY, Credentials
from pipelinekit.plan import preparation as plans
from pipelinekit.steps import environment as steps


@click.group()
def environment() -> None:
    """Prepare the namespaces that applications are deployed to."""


@environment.command()
@PLATFORM_NAMED
@click.option("--env", "name", default="", metavar="NAME", help="One environment; all without it.")
@click.option("--app", default="", metavar="[TEAM/]NAME", help="One application; all without it.")
@PLAN
@JSON
def prepare(platform: str, name: str, app: str, plan_only: bool, as_json: bool) -> None:
    """Give each namespace of the registered applications what a deployment needs to be safe there.

    That is the namespace with its Pod Security level, quota and limits (`environments[].quota`), a default
    deny with names (DNS) open, the pull secret (`images.pullSecret`), and the account pipelinekit-deployer,
    which may deploy there and nowhere else. What others have added stays; what belongs to another team or
    tool is refused. Run it again, and nothing is left to do.

    You need an administrator's rights in the cluster. The pull secret is made of what this machine is logged
    in with at the environment's registry (`docker login`, as somebody who may only read), and renewed when
    that has changed.

    \b
    Examples:
      pipelinekit environment prepare --platform ../platform --plan
      pipelinekit environment prepare --platform ../platform --env dev
      pipelinekit environment prepare --platform ../platform --app payments/orders
    """
    from pipelinekit.adapters.cluster.ground.namespaces import Namespaces

    if not platform:
        raise usage("platform-needed", "no platform is named", hint="--platform or PIPELINEKIT_PLATFORM")
    known = read_named_platform(platform)
    places = plans.places_of(known, name, app)
    if not places:
        raise refused(
            "nothing-registered",
            "the platform has no registered application, and so no namespace",
            hint="add it to applications: in platform.yaml",
        )
    namespaces = Namespaces(kubeconfig(dict(os.environ)))
    secret = known.images.pull_secret
    # Once a registry, however many namespaces: behind a login may be a program of Docker's.
    login = functools.cache(registry_login(known))
    surveyed, errors = steps.survey(places, secret, lambda each: pull_login(known, each, login), namespaces)
    done = tuple(each.found for each in surveyed)
    if not plan_only:
        done, more = steps.prepare(surveyed, namespaces, report.say)
        errors = (*errors, *more)
    if as_json:
        report.as_json([_row(each, plan_only) for each in done])
    else:
        _tell(done, plan_only)
    if errors:
        raise steps.together(errors)


def pull_login(
    platform: Platform, environment: Environment, login: Callable[[str], Credentials | None]
) -> str:
    """The text of a pull secret, as Docker's configuration has it; empty where nodes could not use it."""
    from pipelinekit.adapters.registry.login import credentials, dockerconfig

    images = platform.images
    hosts = credentials.own_hosts(environment.registry or images.registry, images.mirror, ())
    found = {host.partition("/")[0]: login(host.partition("/")[0]) for host in hosts}
    # A node logs in with user and password; what Docker trades for a token it cannot use.
    auths = {host: dockerconfig.entry(each) for host, each in found.items() if each and each.user != IDENTITY}
    return json.dumps({"auths": auths}, sort_keys=True) if auths else ""


def _row(found: Preparation, plan_only: bool) -> dict[str, Any]:
    more = {"acts" if plan_only else "acted": found.acts}
    return dataclasses.asdict(found) | more


def _tell(found: Sequence[Preparation], plan_only: bool) -> None:
    for each in found:
        where = f"{each.environment} (namespace {each.namespace})"
        if plan_only:
            report.result(f"would prepare {where}" if each.acts else f"{where} is prepared already")
            for text in plans.lines(each):
                report.result(f"  {text}")
            continue
        report.result(f"{where} is prepared{'' if each.acts else ' already'}")
        for text in each.notes:
            report.notice(text)
