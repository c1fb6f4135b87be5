"""The verbs that bring components past gates: `platform promote`, and `platform approve` for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli.options import PLAN, PLATFORM_HERE, TIMEOUT
from pipelinekit.cli.output import report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import (
    CHANGE,
    DOWNGRADE,
    EMERGENCY,
    EXPECT,
    REASON,
    REFUSE,
    TO,
    desk,
    named,
    require_sense,
)
from pipelinekit.cli.release.shown import (
    NOTHING_TO_APPROVE,
    UNSAID,
    answer_of,
    end,
    expected,
    finished,
    lines,
    require_asked,
    review_waits,
    row,
)
from pipelinekit.errors import refused, usage
from pipelinekit.model.promotion import Request
from pipelinekit.names import nearest

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Environment
    from pipelinekit.steps.promotion.looks.around import Around
    from pipelinekit.steps.promotion.several import Several

NAMES = click.argument("components", metavar="[COMPONENT[@VERSION]]…", nargs=-1)
ALL = click.option("--all", "everything", is_flag=True, help="Every component that is on.")


@click.command()
@desk(NAMES, ALL, TO, PLAN, REASON, EXPECT, CHANGE, DOWNGRADE, EMERGENCY, TIMEOUT, named_by=PLATFORM_HERE)
def promote(
    here: Desk,
    components: tuple[str, ...],
    everything: bool,
    environment: str,
    plan_only: bool,
    as_json: bool,
    timeout: int,
    **request: Any,
) -> None:
    """Move components to an environment with a gate, as they were rolled out in the one before.

    Charts byte for byte, values as they were there, in the order of what each needs. Without a version it is
    what the environment before has. The gates are those of applications (see `pipelinekit promote`), and all
    that are closed, whichever component they are of, are told together (6) before anything begins. It stops
    at the first that fails; run again, it goes on, and does nothing where all runs already. --expect takes
    the digest of the plan that was looked at, of several that of the last line of --plan: when it is another
    by then, nothing begins (6).

    `platform deploy` and `platform verify` record what may be promoted, where the platform has a ledger and
    they are run with a key that it lists. The main branch of the platform's repository says what is on.

    \b
    Examples:
      pipelinekit platform promote --all --to production --plan
      pipelinekit platform promote openbao --to production --expect sha256:9f2c…
      pipelinekit platform promote openbao keycloak --to production --change CHG1234567
      pipelinekit platform promote openbao@1.2.0+3f9c2ab41d07 --to production --downgrade
    """
    from pipelinekit.steps.promotion import several

    require_sense(request)
    chosen = _chosen(here, components, everything=everything)
    where, arounds, asked = _place(here, environment), _arounds(here, timeout), Request(**request)
    if plan_only:
        _show(several.plan(arounds, chosen, where, asked), as_json)
        return
    if asked.emergency:
        report.notice(f"EMERGENCY: {asked.reason}")
    with report.alive("promote"):
        found, did = several.promote(arounds, chosen, where, asked)
    if asked.emergency:
        review_waits(here.ledger, [("", each.survey.release.name) for each in found.members], where)
    if as_json:
        report.as_json(
            {
                "environment": where.name,
                "plan": found.digest,
                "components": [finished(each.survey.plan) for each in found.members],
                "acted": any(each.acted for each in did),
                "sentence": "; ".join(each.sentence for each in did),
            }
        )
        return
    for each in did:
        report.result(each.sentence)


@click.command()
@desk(NAMES, ALL, TO, PLAN, REASON, EXPECT, REFUSE, named_by=PLATFORM_HERE)
def approve(
    here: Desk,
    components: tuple[str, ...],
    everything: bool,
    environment: str,
    plan_only: bool,
    reason: str,
    expect: str,
    refuse: bool,
    as_json: bool,
) -> None:
    """Show the plan of each component's promotion, and sign its digest with your key.

    It counts for exactly these plans: when a chart, a value, a gate or what runs there changes, that of the
    component is void, and `platform promote` shows the line that changed. What runs there already needs none.
    Of several, --expect takes the digest over all of their plans, which is the last line of --plan.

    \b
    Examples:
      pipelinekit platform approve --all --to production --plan
      pipelinekit platform approve openbao --to production --expect sha256:9f2c…
    """
    from pipelinekit.steps.promotion import several
    from pipelinekit.steps.promotion.promote import unasked

    chosen = _chosen(here, components, everything=everything)
    where, arounds = _place(here, environment), _arounds(here)
    asked = several.plan(arounds, chosen, where, Request())
    found = replace(asked, members=tuple(map(unasked, asked.members)))
    if plan_only:
        _show(found, as_json)
        return
    expected(found.digest, expect)
    for each in () if as_json else found.missing:
        lines(each)
    if found.missing:
        require_asked(where)
    written = several.answer(arounds, found, reason or (UNSAID if refuse else ""), refuse=refuse)
    who, told = here.ledger.writer(), list[str]()
    for each in found.missing:
        name = each.survey.release.name
        told.append(answer_of(who, each, written[name], refuse=refuse, of=f"{name}: ")[0])
    nothing = f"all of it runs in {where.name} {NOTHING_TO_APPROVE}"
    if as_json:
        end("; ".join(told) or nothing, as_json, {"plan": found.digest})
        return
    for text in told or (nothing,):
        report.result(text)


# --- what they share ------------------------------------------------------------------------------


def _chosen(here: Desk, components: tuple[str, ...], *, everything: bool) -> tuple[tuple[str, str], ...]:
    """Names and versions (or empty) of what is meant; `UsageError` for what is not on."""
    if bool(components) == everything:
        problem = "say which components" if not components else "components are named, and --all as well"
        raise usage("component-which", problem, hint="COMPONENT…, or --all")
    on = [each.name for each in here.platform.components if each.enabled]
    if everything:
        if not on:
            raise usage("component-not-on", "no component is on", hint="platform.yaml turns them on")
        return tuple((name, "") for name in on)
    chosen = dict[str, str]()
    for text in components:
        team, name, version = named(text)
        if team or name not in on:
            known = nearest(name, on) if on else "platform.yaml turns them on"
            raise usage("component-not-on", f"no component '{text[:60]}' is on", hint=known)
        if chosen.setdefault(name, version) != version:
            raise usage("component-twice", f"{name} is named twice", hint="name one version of it")
    return tuple(chosen.items())


def _place(here: Desk, environment: str) -> Environment:
    """The environment as components come there."""
    from pipelinekit.plan.rollout.gated import promotable

    where = promotable(here.platform, here.environment(environment))
    if not here.platform.ledger:
        raise refused(
            "ledger-none",
            "components are promoted by what the platform's ledger has of them, and it has none",
            hint="platform.yaml names one: ledger: {repository: …}",
        )
    return where


def _arounds(here: Desk, timeout: int = 300) -> Callable[[str], Around]:
    """What promoting each component needs of the world."""
    from pipelinekit.cli.platform.components.world import around_component

    return cache(lambda name: around_component(here, timeout, name))


def _show(found: Several, as_json: bool) -> None:
    """The plans in their order, and what is in the way."""
    rows = [row(each) for each in found.members]
    names = ", ".join(each.survey.release.name for each in found.missing)
    where = found.environment.name
    sentence = f"would promote {names} to {where}, plan {found.digest}"
    if not names:
        sentence = f"all of it runs already in {where}"
    elif found.closed:
        sentence = f"may not go to {where} yet: {names}, plan {found.digest}"
    if as_json:
        faults = [str(each) for each in found.faults]
        end(sentence, as_json, {"plan": found.digest, "components": rows, "faults": faults})
        return
    for each in found.members:
        lines(each)
    for fault in found.faults:
        report.result(f"  closed needs: {fault.problem}")
    report.result(sentence)
