"""The verb `platform preflight`: is this cluster one to roll the platform out on?"""

from __future__ import annotations

import dataclasses
import os

import click

from pipelinekit.cli.options import ENVIRONMENT, JSON, PLATFORM_FOLDER, seconds
from pipelinekit.cli.output import report
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed

PROBE = "library/busybox:stable"
"""What its pods run, below the platform's mirror."""


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@seconds("--timeout", 120, "Seconds for all that pods are needed for.", 10, 3600)
@JSON
def preflight(platform: str, environment: str, timeout: int, as_json: bool) -> None:
    """Look the cluster of an environment over: is it one to roll components out on?

    Versions, RBAC, what this account may, storage classes, clocks, and whether the addresses are those that
    platform.yaml names (clusters[].network); and with pods in a namespace of their own,
    which is removed again: whether network policies are enforced, what nodes have, whether each registry of
    the components' images can be pulled from; and whether prerequisites that are not to be installed are
    there, in the version that their component.yaml names. Those pods are as restricted as Kubernetes knows
    it, and run library/busybox:stable of the platform's mirror. All findings come together; what could not be
    looked at says so. Exit code 1 when something fails.

    \b
    Examples:
      pipelinekit platform preflight --platform . --env dev
      pipelinekit platform preflight --json
    """
    from pipelinekit.adapters.cluster.ground.inspection import Inspector
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.cli.platform.environment import pull_login
    from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
    from pipelinekit.cli.wiring.line import registry_login
    from pipelinekit.model.ground.inspection import FAILS, UNCHECKED
    from pipelinekit.model.release import Target
    from pipelinekit.plan.preflight.cluster import wanted
    from pipelinekit.steps.rollout.looks import preflight as steps

    here = Rollout(platform, environment)
    known, place = here.platform, here.environment
    there = known.cluster_of(place)
    target = Target(name="preflight", environment=place, namespace="default", context=there.context)
    login = pull_login(known, place, registry_login(known)) if known.images.pull_secret else ""
    brought = steps.brought(list(here.parts.values()), here.shelf, here.helm, report.say)
    wants = wanted(here.on, brought.images, f"{known.images.mirror}/{PROBE}", login, timeout)
    wants = dataclasses.replace(wants, prerequisites=here.looked_for, classes=brought.classes)
    inspector = Inspector(kubeconfig(dict(os.environ)))
    checks = steps.preflight(target, here.on, wants, there.network, inspector, report.say)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in checks])
    else:
        for each in checks:
            report.result(f"{each.state:<11}  {each.name}: {each.reason}")
            if each.hint:
                report.result(f"{'':<11}  {each.hint}")
    bad = [each.name for each in checks if each.state == FAILS]
    if bad:
        problem = (
            f"{place.name}: {len(bad)} of {counted(len(checks), 'check fails', 'checks fail')}: "
            f"{', '.join(bad)}"
        )
        raise check_failed("preflight-failed", problem, hint="each says above what to do")
    if not as_json:
        unseen = sum(each.state == UNCHECKED for each in checks)
        rest = f"; {unseen} could not be looked at: see above" if unseen else ""
        report.result(f"{place.name}: {counted(len(checks) - unseen, 'check is', 'checks are')} fine{rest}")
