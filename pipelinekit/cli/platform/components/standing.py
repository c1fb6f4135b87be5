"""The verbs that look at the platform's components and change nothing: plan, status, render, graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pipelinekit.cli.options import JSON, PLATFORM_FOLDER
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.platform.components import books
from pipelinekit.cli.platform.components.choice import (
    SUMMARY,
    chosen_order,
    leftovers,
    note,
    rows_of,
    tell_leftovers,
    which,
)
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Refused, check_failed

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.rollout.part import PartPlan, Removal
    from pipelinekit.plan.rollout.order import Order


@click.command()
@which
@SUMMARY
@JSON
def plan(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    summary: str,
    as_json: bool,
) -> None:
    """Show what `platform deploy` would do, component by component; nothing is published or changed.

    Objects of kinds that another component brings in the same plan are held against its definitions, so that
    the plan works on an empty cluster. Exit code 6 when something would be refused.

    \b
    Examples:
      pipelinekit platform plan --platform . --env dev
      pipelinekit platform plan --only vault --json
    """
    here, order = chosen_order(platform, environment, only, start)
    show_plan(here, order, as_json, summary)


@click.command()
@which
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
    here, order = chosen_order(platform, environment, only, start)
    rows = rows_of(here, order)
    left = () if only or start else leftovers(here)
    if as_json:
        report.as_json(rows)
    else:
        for each in rows:
            reasons = "; ".join(each["reasons"])
            report.result(f"{each['component']}  {each['installed'] or '-'}  {reasons or 'ready'}")
            for line in each["missing"]:
                report.result(f"  missing: {line}")
    tell_leftovers(left, report.say if as_json else report.result)
    bad = [each["component"] for each in rows if each["reasons"]]
    if bad:
        raise check_failed("not-ready", f"not ready: {', '.join(bad)}", hint="`pipelinekit platform deploy`")
    if not as_json:
        report.result(
            f"{counted(len(rows), 'component is', 'components are')} ready in {here.environment.name}"
        )


@click.command()
@which
@click.option(
    "--to", default="", type=on_disk, metavar="DIR", help="A file for each component, instead of one text."
)
def render(platform: str, environment: str, only: tuple[str, ...], start: tuple[str, ...], to: str) -> None:
    """Print what would be applied: definitions, policies, component, in the order of the rollout.

    No cluster is asked.

    \b
    Examples:
      pipelinekit platform render --only vault
      pipelinekit platform render --to rendered/
    """
    from pathlib import Path

    from pipelinekit.adapters.disk import files
    from pipelinekit.steps.rollout.render import all_rendered

    here, order = chosen_order(platform, environment, only, start)
    parts = [here.parts[name] for name in order]
    for name, text in zip(order, all_rendered(parts, here.shelf, here.helm), strict=True):
        if to:
            files.write_atomic(Path(to, f"{name}.yaml"), text)
        else:
            report.document(text)
    if to:
        report.result(f"{counted(len(order), 'component is', 'components are')} rendered in {to}")


@click.command()
@PLATFORM_FOLDER
@click.option(
    "--format",
    "kind",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "dot", "svg"]),
    help="What is printed.",
)
def graph(platform: str, kind: str) -> None:
    """Show the order of the components, what each waits for, and who calls whom.

    \b
    Examples:
      pipelinekit platform graph
      pipelinekit platform graph --format svg > platform.svg
    """
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.plan.rollout import drawing, order, picture

    here = Rollout(platform)
    calls = drawing.calls_of(here.on, here.order)
    if kind == "json":
        level = {name: at for at, names in enumerate(order.levels(here.order)) for name in names}
        report.as_json(
            [
                {"component": name, "level": level[name], "after": list(needs), "calls": list(calls[name])}
                for name, needs in here.order.items()
            ]
        )
    elif kind == "dot":
        report.document(drawing.as_dot(here.order, calls, here.platform.name))
    elif kind == "svg":
        report.document(picture.as_svg(here.on, here.order, here.platform.name))
    else:
        for text in drawing.as_text(here.order, calls):
            report.result(text)
        report.result(
            f"{counted(len(here.order), 'component')} in {counted(len(order.levels(here.order)), 'level')}"
        )


def show_plan(here: Rollout, order: Order, as_json: bool, summary: str = "") -> None:
    """Print the plan; raises `Refused` when something would be refused, by the ledger as well."""
    from pipelinekit.plan.rollout.summary import of_plans
    from pipelinekit.steps.rollout.looks import plan as steps

    plans = steps.plan(here.parts, order, here.order, here.shelf, here.site, report.say)
    stops = books.stops(here, order)
    plans = tuple(
        dataclasses.replace(each, refusals=(*stops.get(each.component, ()), *each.refusals)) for each in plans
    )
    note(summary, of_plans(here.environment.name, plans))
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in plans])
    else:
        tell_plans(plans)
    if order == here.order:
        tell_leftovers(leftovers(here), report.say if as_json else report.result)
    bad = [Fault("cannot-change", f"{each.component}: {line}") for each in plans for line in each.refusals]
    if bad:
        raise Refused(*bad)
    if not as_json:
        acts = sum(each.acts for each in plans)
        once = ", once what is missing is there" if any(each.missing for each in plans) else ""
        report.result(
            f"{counted(len(plans), 'component')}: {acts} would be deployed{once}"
            if acts
            else "nothing would be done"
        )


def show_removals(removals: Sequence[Removal], as_json: bool, *, volumes: bool, definitions: bool) -> None:
    """Print what would go, and what would stay; raises `Refused` when something would be refused."""
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in removals])
    for each in () if as_json else removals:
        there = f"would be removed from {each.namespace}" if each.there else "is not there"
        report.result(f"{each.component}: {there}")
        for name in each.volumes:
            report.result(f"  volumes {name}-… would {'be deleted' if volumes else 'stay'}")
        for name in each.definitions:
            fate = "be deleted, unless it has objects" if definitions else "stay"
            report.result(f"  definition {name} would {fate}")
    bad = [Fault("cannot-change", f"{each.component}: {line}") for each in removals for line in each.refusals]
    if bad:
        raise Refused(*bad)
    if not as_json:
        going = sum(each.there for each in removals)
        left = any((volumes and each.volumes) or (definitions and each.definitions) for each in removals)
        idle = (
            "nothing is installed: what is left of it would be deleted" if left else "nothing would be done"
        )
        report.result(f"{counted(going, 'component')} would be removed; namespaces stay" if going else idle)


def tell_plans(plans: Sequence[PartPlan]) -> None:
    """A line for each component, and below it what changes."""
    for each in plans:
        change = (
            f"{each.installed} -> {each.version}"
            if each.installed not in ("", each.version)
            else each.version
        )
        after = f", after {', '.join(each.after)}" if each.after else ""
        what = "would be deployed" if each.acts else "runs already"
        if each.refusals:
            what = "would be refused"
        title = f"{each.component} {change}".rstrip()
        report.result(f"{title} in {each.namespace}: {what}{after}")
        for name in each.definitions:
            report.result(f"  definition: {name}")
        for line in each.lines:
            report.result(f"  {line}")
        for line in each.missing:
            report.result(f"  missing: {line}")
        for line in each.unknown:
            report.result(f"  not known: {line}")
