"""The verbs of the platform's components: plan, deploy, status, verify, render, graph, remove."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli import bug, report
from pipelinekit.cli.options import ENVIRONMENT, JSON, PLAN, PLATFORM
from pipelinekit.errors import Fault, Refused, ToolFailed, check_failed, usage

if TYPE_CHECKING:
    from pipelinekit.cli.platform.parts import Rollout
    from pipelinekit.model.rollout import Outcome, PartPlan
    from pipelinekit.plan.rollout.order import Order

ONLY = click.option("--only", multiple=True, metavar="NAME", help="This component alone; repeat it.")
FROM = click.option(
    "--from", "start", multiple=True, metavar="NAME", help="From this one on: it, and all that wait for it."
)
TIMEOUT = click.option(
    "--timeout",
    default=600,
    show_default=True,
    type=click.IntRange(1, 7200),
    help="Seconds for each component's release, and for its gate.",
)


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@JSON
def plan(
    platform: str, environment: str, only: tuple[str, ...], start: tuple[str, ...], as_json: bool
) -> None:
    """Show what `platform deploy` would do, component by component; nothing is published or changed.

    Objects of kinds that another component brings in the same plan are held against its definitions, so that
    the plan works on an empty cluster. Exit code 6 when something would be refused.

    \b
    Examples:
      pipelinekit platform plan --platform . --env dev
      pipelinekit platform plan --only vault --json
    """
    here, order = _order(platform, environment, only, start)
    _show_plan(here, order, as_json)


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@TIMEOUT
@PLAN
@JSON
def deploy(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    timeout: int,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Roll out the components that are on, in the order of what they need, and wait until each is ready.

    What needs nothing of each other goes at the same time. One that fails keeps the others going; each that
    waits says for whom. A component is ready when the revision that was rolled out runs and its gates in
    component.yaml say so, whoever began it. Run again, it goes on where it was; where all is ready, nothing
    happens. Exit codes: 5 when a component failed, 6 when one was refused.

    \b
    Examples:
      pipelinekit platform deploy --platform . --env dev
      pipelinekit platform deploy --from postgresql
      pipelinekit platform deploy --plan
    """
    from pipelinekit.steps.rollout import deploy as steps

    here, order = _order(platform, environment, only, start)
    if plan_only:
        _show_plan(here, order, as_json)
        return
    shelf, site, parts = here.shelf, here.site, here.parts
    _require_ready(here, order)
    outcomes = _run(
        order, lambda name: steps.deploy(parts[name], shelf, site, timeout=timeout, say=_said(name)), as_json
    )
    _settle(outcomes, as_json, "deployed")


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@JSON
def status(
    platform: str, environment: str, only: tuple[str, ...], start: tuple[str, ...], as_json: bool
) -> None:
    """Show how each component stands: installed version, whether its newest revision runs, what it says.

    Exit code 1 when one is not ready.

    \b
    Example:
      pipelinekit platform status --env dev
    """
    here, order = _order(platform, environment, only, start)
    rows = [_row(here, name) for name in order]
    if as_json:
        report.as_json(rows)
    else:
        for row in rows:
            reasons = "; ".join(row["reasons"])
            report.result(f"{row['component']}  {row['installed'] or '-'}  {reasons or 'ready'}")
    bad = [row["component"] for row in rows if row["reasons"]]
    if bad:
        raise check_failed("not-ready", f"not ready: {', '.join(bad)}", hint="`pipelinekit platform deploy`")
    if not as_json:
        report.result(f"{len(rows)} components are ready in {here.environment.name}")


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@JSON
def verify(
    platform: str, environment: str, only: tuple[str, ...], start: tuple[str, ...], as_json: bool
) -> None:
    """Run the tests of each component's chart against what is deployed.

    \b
    Example:
      pipelinekit platform verify --only vault
    """
    from pipelinekit.steps.rollout import verify as steps

    here, order = _order(platform, environment, only, start)
    shelf, site, parts = here.shelf, here.site, here.parts
    outcomes = _run(order, lambda name: steps.verify(parts[name], shelf, site, say=_said(name)), as_json)
    _settle(outcomes, as_json, "verified")


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@click.option("--to", default="", metavar="DIR", help="A file for each component, instead of one text.")
def render(platform: str, environment: str, only: tuple[str, ...], start: tuple[str, ...], to: str) -> None:
    """Print what would be applied: definitions, policies, component, in the order of the rollout.

    No cluster is asked.

    \b
    Examples:
      pipelinekit platform render --only vault
      pipelinekit platform render --to rendered/
    """
    from pathlib import Path

    from pipelinekit.adapters import files
    from pipelinekit.steps.rollout.render import rendered

    here, order = _order(platform, environment, only, start)
    for name in order:
        text = rendered(here.parts[name], here.shelf, here.helm)
        if to:
            files.write_atomic(Path(to, f"{name}.yaml"), text)
        else:
            report.document(text)
    if to:
        report.result(f"{len(order)} components are rendered in {to}")


@click.command()
@PLATFORM
@click.option(
    "--format",
    "kind",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "dot", "svg"]),
    help="What is printed.",
)
def graph(platform: str, kind: str) -> None:
    """Show the order of the components: what each waits for.

    \b
    Examples:
      pipelinekit platform graph
      pipelinekit platform graph --format svg > platform.svg
    """
    from pipelinekit.cli.platform.parts import Rollout
    from pipelinekit.plan.rollout import drawing, order

    here = Rollout(platform)
    if kind == "json":
        level = {name: at for at, names in enumerate(order.levels(here.order)) for name in names}
        report.as_json(
            [
                {"component": name, "level": level[name], "after": list(needs)}
                for name, needs in here.order.items()
            ]
        )
    elif kind == "dot":
        report.document(drawing.as_dot(here.order, here.platform.name))
    elif kind == "svg":
        notes = {each.name: each.namespace for each in here.on}
        report.document(drawing.as_svg(here.order, here.platform.name, notes))
    else:
        for text in drawing.as_text(here.order):
            report.result(text)
        report.result(f"{len(here.order)} components in {len(order.levels(here.order))} levels")


@click.command()
@PLATFORM
@ENVIRONMENT
@ONLY
@FROM
@TIMEOUT
@PLAN
@JSON
def remove(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    timeout: int,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Uninstall components, those first that need the others. Say which: --only or --from.

    Refused (6) while something that stays needs one of them. Volumes, definitions and namespaces stay.

    \b
    Examples:
      pipelinekit platform remove --only keycloak
      pipelinekit platform remove --from postgresql --plan
    """
    from pipelinekit.plan.rollout.order import reversed_order
    from pipelinekit.steps.rollout import deploy as steps

    if not only and not start:
        raise usage(
            "remove-what", "say which components go", hint="--only NAME, or --from NAME with all that wait"
        )
    here, order = _order(platform, environment, only, start)
    _require_unneeded(here, order)
    back = reversed_order(order)
    if plan_only:
        for name in back:
            report.result(f"{name}: would be removed from {here.parts[name].component.namespace}")
        report.result("volumes, definitions and namespaces would stay")
        return
    shelf, site, parts = here.shelf, here.site, here.parts
    outcomes = _run(
        back, lambda name: steps.remove(parts[name], shelf, site, timeout=timeout, say=_said(name)), as_json
    )
    _settle(outcomes, as_json, "removed")


# --- what they share ------------------------------------------------------------------------------


def _order(
    platform: str, environment: str, only: Sequence[str], start: Sequence[str]
) -> tuple[Rollout, Order]:
    from pipelinekit.cli.platform.parts import Rollout
    from pipelinekit.plan.rollout.order import chosen

    here = Rollout(platform, environment)
    return here, chosen(here.order, only, start)


def _said(name: str) -> Callable[[str], None]:
    return lambda text: report.say(f"{name}: {text}")


def _run(order: Order, act: Callable[[str], Outcome], as_json: bool) -> tuple[Outcome, ...]:
    from pipelinekit.steps.rollout.runner import run

    del as_json
    return run(order, act, report.say, lambda _, error: bug.as_failure(error))


def _settle(outcomes: Sequence[Outcome], as_json: bool, done: str) -> None:
    """Report what became of each; raises when one failed or was refused."""
    from pipelinekit.model.rollout import FAILED, UNCHANGED, WAITING

    if as_json:
        report.as_json([dataclasses.asdict(each) for each in outcomes])
    else:
        for each in outcomes:
            waits = f"waits for {', '.join(each.blocked)}" if each.blocked else each.text
            state = f"{each.state}: " if each.state in (FAILED, WAITING) else ""
            report.result(f"{each.component}: {state}{waits}")
    failed = [each for each in outcomes if each.state == FAILED]
    waiting = [each.component for each in outcomes if each.state == WAITING]
    if failed:
        refused_alone = all(each.refused for each in failed)
        kind = Refused if refused_alone else ToolFailed
        faults = [
            Fault("component-failed", f"{each.component}: {first}", hint=rest)
            for each in failed
            for first, _, rest in (text.partition("\n") for text in each.faults)
        ]
        if waiting:
            faults.append(Fault("component-waits", f"not begun: {', '.join(waiting)}"))
        raise kind(*faults)
    still = sum(each.state == UNCHANGED for each in outcomes)
    if not as_json:
        nothing = "nothing was done" if still == len(outcomes) else f"{len(outcomes) - still} {done}"
        report.result(f"{len(outcomes)} components: {nothing}")


def _show_plan(here: Rollout, order: Order, as_json: bool) -> None:
    from pipelinekit.steps.rollout import plan as steps

    plans = steps.plan(here.parts, order, here.order, here.shelf, here.site, report.say)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in plans])
    else:
        _tell_plans(plans)
    bad = [Fault("cannot-change", f"{each.component}: {line}") for each in plans for line in each.refusals]
    if bad:
        raise Refused(*bad)
    if not as_json:
        acts = sum(each.acts for each in plans)
        report.result(
            f"{len(plans)} components: {acts} would be deployed" if acts else "nothing would be done"
        )


def _tell_plans(plans: Sequence[PartPlan]) -> None:
    for each in plans:
        change = (
            f"{each.installed} -> {each.version}"
            if each.installed not in ("", each.version)
            else each.version
        )
        after = f", after {', '.join(each.after)}" if each.after else ""
        what = "would be deployed" if each.acts else "runs already"
        report.result(f"{each.component} {change} in {each.namespace}: {what}{after}")
        for name in each.definitions:
            report.result(f"  definition: {name}")
        for line in each.lines:
            report.result(f"  {line}")


def _row(here: Rollout, name: str) -> dict[str, Any]:
    from pipelinekit.steps.rollout.status import look

    return dataclasses.asdict(look(here.parts[name], here.shelf, here.site))


def _require_ready(here: Rollout, order: Order) -> None:
    """What a part of the order waits for outside of it has to be ready: raises `Refused` with who is not."""
    outside = {need for name in order for need in here.order[name]} - order.keys()
    faults = [
        Fault(
            "need-not-ready",
            f"{name} is needed and not ready: {'; '.join(row['reasons'])}",
            hint=f"`pipelinekit platform deploy --from {name}`",
        )
        for name in sorted(outside)
        if (row := _row(here, name))["reasons"]
    ]
    if faults:
        raise Refused(*faults)


def _require_unneeded(here: Rollout, order: Order) -> None:
    """Raise `Refused` while something that stays needs one that goes."""
    faults = []
    for name in order:
        users = [other for other, needs in here.order.items() if name in needs and other not in order]
        there = [each for each in users if _row(here, each)["installed"]]
        if there:
            hint = f"`pipelinekit platform remove --from {name}` removes them with it"
            faults.append(Fault("still-needed", f"{name} is needed by {', '.join(there)}", hint=hint))
    if faults:
        raise Refused(*faults)


VERBS = (plan, deploy, status, verify, render, graph, remove)
