"""The verb `platform certificates`: who signs, what is good until when, and what servers show."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli.options import ENVIRONMENT, JSON, PLATFORM_HERE, age, seconds
from pipelinekit.cli.output import report
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed, refused, usage
from pipelinekit.model.certificate import AUTHORITY, DUE, FINE, FOREIGN, UNSERVED
from pipelinekit.plan.moment import moment

if TYPE_CHECKING:
    from pipelinekit.model.certificate import Verdict
    from pipelinekit.model.platform.certificates import Certificates
    from pipelinekit.steps.certificates.survey import Survey
    from pipelinekit.steps.certificates.world import World

DEEDS = ("status", "plan", "issue", "renew")


@click.command()
@click.argument("deed", type=click.Choice(DEEDS), default="status")
@PLATFORM_HERE
@ENVIRONMENT
@click.option("--only", multiple=True, metavar="NAME", help="This Secret alone; repeat it.")
@click.option("--within", default="", metavar="TIME", help="With status: what ends so soon is due, like 30d.")
@seconds("--timeout", 180, "With renew: seconds until each server shows what was renewed.", 1, 3600)
@JSON
def certificates(
    deed: str,
    platform: str,
    environment: str,
    only: tuple[str, ...],
    within: str,
    timeout: int,
    as_json: bool,
) -> None:
    """Make, renew and check the certificates that platform.yaml names, in the cluster of an environment.

    status (the default) shows each, with what its servers show now. Exit code 1 when one is missing, ends
    within its renewBefore (or --within), has ended, is not by our authority, is for other names, or when a
    server shows another one. plan shows what renew would make, and asks no pods. issue makes what is missing,
    the bootstrap authority first. renew does that too, renews what is due, replaces the pods that have read
    an earlier one, and waits until servers show the new one. Run again, nothing is done. A Secret that is not
    ours is refused and not touched.

    \b
    Examples:
      pipelinekit platform certificates --env dev
      pipelinekit platform certificates issue --platform . --env dev
      pipelinekit platform certificates renew --only openbao-tls
      pipelinekit platform certificates status --within 30d --json
    """
    from pipelinekit.steps.certificates import survey, work

    seconds = age(within) if within else None
    if seconds is not None and deed != "status":
        hint = "renewBefore in platform.yaml says when one is renewed"
        raise usage("within-status", f"--within says nothing to {deed}", hint=hint)
    world = _world(platform, environment)
    _require_known(world.wanted, only)
    name = world.target.environment.name
    if deed == "status":
        found = survey.survey(world, only, seconds)
        _status(world, found, only, as_json, early=seconds is not None)
    elif deed == "plan":
        _plan(world, survey.survey(world, only, ask=False), as_json)
    else:
        made, errors = work.work(world, only, report.say, renew=deed == "renew", seconds=timeout)
        if as_json:
            report.as_json({"environment": name, "made": list(made)})
        else:
            report.result(
                f"{name}: {len(made)} made: {', '.join(made)}" if made else f"{name}: nothing was done"
            )
        if errors:
            raise work.together(errors)


def _world(platform: str, environment: str) -> World:
    from pipelinekit.adapters.certificates.openbao import PkiStore
    from pipelinekit.adapters.certificates.secrets import CertificateSecrets
    from pipelinekit.adapters.certificates.servers import CertificateServers
    from pipelinekit.adapters.certificates.x509 import Authorities
    from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
    from pipelinekit.cli.wiring.line import read_named_platform
    from pipelinekit.model.release import Target
    from pipelinekit.plan.release import environment_named
    from pipelinekit.steps.certificates.world import World

    known = read_named_platform(platform or ".")
    place = environment_named(known, environment)
    if known.certificates is None:
        raise refused(
            "no-certificates",
            f"platform {known.name} names no certificates",
            hint="certificates: {secrets: [{name: …, namespace: …, names: […]}]} in platform.yaml",
        )
    env = kubeconfig(dict(os.environ))
    return World(
        platform=known.name,
        target=Target(
            name="certificates",
            environment=place,
            namespace=known.certificates.authority.namespace,
            context=known.cluster_of(place).context,
        ),
        wanted=known.certificates,
        signer=Authorities(),
        secrets=CertificateSecrets(env),
        servers=CertificateServers(env),
        store=PkiStore(env),
        clock=lambda: int(time.time()),
    )


def _require_known(wanted: Certificates, only: Sequence[str]) -> None:
    known = {each.name for each in wanted.secrets} | {each.title for each in wanted.secrets}
    for each in only:
        if each not in known:
            from pipelinekit.names import nearest

            raise usage("certificate-unknown", f"there is no certificate '{each}'", hint=nearest(each, known))


def _status(world: World, found: Survey, only: Sequence[str], as_json: bool, *, early: bool = False) -> None:
    name = world.target.environment.name
    bad = [each for each in found.all if each.state != FINE]
    if as_json:
        report.as_json(_row(name, found))
    else:
        for each in found.all:
            report.result(_line(each))
        for namespace in found.spread:
            report.result(f"missing     {namespace}: ConfigMap with the authority's certificate")
        for namespace, owner in found.taken.items():
            report.result(f"foreign     {namespace}: ConfigMap {AUTHORITY}: it is {owner}")
    if bad or found.spread or found.taken:
        maps = (f"{each}/{AUTHORITY}" for each in (*found.spread, *found.taken))
        which = ", ".join([*(each.title for each in bad), *maps])
        problem = f"{name}: not as they should be: {which}"
        raise check_failed("certificates-due", problem, hint=_next(world, found, bad, only, early=early))
    if not as_json:
        report.result(f"{name}: {counted(len(found.verdicts), 'certificate')} and the authority: all fine")


def _next(world: World, found: Survey, bad: Sequence[Verdict], only: Sequence[str], *, early: bool) -> str:
    """What helps: the authority first, for nothing is renewed without it.

    With `early`, what is due may be so by --within alone.
    """
    from pipelinekit.steps.certificates import authority

    if found.stopped:
        return authority.stop(world, found).faults[0].hint
    # A server that is not there is started by hand, and what is foreign is not touched.
    words = "".join(f" --only {each}" for each in only)
    renew = f"`pipelinekit platform certificates renew --env {world.target.environment.name}{words}`"
    helped = [each for each in bad if each.renewable or (each.state == UNSERVED and each.shown)]
    if found.spread or helped:
        alone = early and not found.spread and all(each.state == DUE for each in helped)
        return f"{renew} renews each within its renewBefore, and no other" if alone else renew
    states = {each.state for each in bad}
    unserved = "start the pods behind `served`, or correct it in platform.yaml" if UNSERVED in states else ""
    foreign = "remove or rename what is foreign" if found.taken or FOREIGN in states else ""
    return "; ".join(each for each in (unserved, foreign) if each)


def _plan(world: World, found: Survey, as_json: bool) -> None:
    from pipelinekit.steps.certificates import authority, work
    from pipelinekit.steps.certificates.world import foreign

    name, todo = world.target.environment.name, found.todo(renew=True)
    if as_json:
        report.as_json({**_row(name, found), "acts": bool(todo or found.spread)})
    else:
        for each in todo:
            report.result(f"would be made: {each.title} ({each.state}{f': {each.why}' if each.why else ''})")
        for namespace in found.spread:
            report.result(f"would be written: {namespace}: ConfigMap with the authority's certificate")
    if found.stopped:
        raise authority.stop(world, found)
    theirs = [authority.taken(world, place, owner) for place, owner in found.taken.items()]
    for each in found.all:
        if each.state == FOREIGN:
            place, _, called = each.title.partition("/")
            theirs.append(foreign(world.at(place), called, world.platform, each.why))
    if theirs:
        raise work.together(theirs)
    if not as_json and not todo and not found.spread:
        report.result(f"{name}: nothing is to be done")


def _line(each: Verdict) -> str:
    until = f", until {moment(each.ends)}" if each.ends is not None else ""
    shown = f", shown by {', '.join(one.pod for one in each.shown)}" if each.shown else ""
    why = f": {each.why}" if each.why else ""
    return f"{each.state:<11} {each.title}{until}{shown if each.state == FINE else ''}{why}"


def _row(name: str, found: Survey) -> dict[str, Any]:
    def row(each: Verdict) -> dict[str, Any]:
        return dataclasses.asdict(each) | {"ends": moment(each.ends) if each.ends is not None else None}

    return {
        "environment": name,
        "fine": all(each.state == FINE for each in found.all) and not (found.spread or found.taken),
        "authority": row(found.authority),
        "certificates": [row(each) for each in found.verdicts],
        "spread": list(found.spread),
        "taken": dict(found.taken),
    }
