"""The verbs that change the platform's components: deploy, verify, remove."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from pipelinekit.cli.options import ENVIRONMENT, JSON, PLAN, PLATFORM_FOLDER, seconds
from pipelinekit.cli.output import report
from pipelinekit.cli.platform.components import books
from pipelinekit.cli.platform.components import via as through
from pipelinekit.cli.platform.components.choice import (
    SUMMARY,
    chosen_order,
    leftovers,
    note,
    row,
    said_by,
    which,
)
from pipelinekit.cli.platform.components.outcomes import run, settle
from pipelinekit.cli.platform.components.standing import show_plan, show_removals
from pipelinekit.cli.platform.components.via import VIA
from pipelinekit.errors import Fault, Refused, usage
from pipelinekit.plan.rollout.summary import of_outcomes

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.plan.rollout.order import Order

TIMEOUT = seconds("--timeout", 600, "Seconds for each component's release, and for its gate.")
WAIT = seconds(
    "--wait", 1800, "Seconds in which running builds may end before the controller is upgraded.", 0, 14400
)


@click.command()
@which
@TIMEOUT
@WAIT
@SUMMARY
@VIA
@PLAN
@JSON
def deploy(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    timeout: int,
    wait: int,
    summary: str,
    via: str,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Roll out the components that are on, in the order of what they need, and wait until each is ready.

    What needs nothing of each other goes at the same time. One that fails keeps the others going; each that
    waits says for whom. A component is ready when the revision that was rolled out runs and its gates in
    component.yaml say so, whoever began it. Run again, it goes on where it was; where all is ready, nothing
    happens. Exit codes: 5 when a component failed, 6 when one was refused.

    The controller that rolls components out is upgraded by a Kubernetes Job, which goes on while the
    controller is gone. It waits until nothing is built, or names the builds, and puts the old one back if
    the new one is not ready in time. A second run follows the Job that is at work.

    Freezes, holds and bars stop it. Where the platform has a ledger, what runs is recorded there with the key
    of whoever runs this; to an environment with a gate `platform promote` moves what was recorded.

    With --via jenkins a job of the folder `platform` does it, with the platform's main branch, followed here.

    \b
    Examples:
      pipelinekit platform deploy --platform . --env dev
      pipelinekit platform deploy --from postgresql
      pipelinekit platform deploy --only vault --via jenkins
      pipelinekit platform deploy --plan
    """
    from pipelinekit.cli.platform.components import relief

    if via:
        through.deploy(platform, environment, only, start, via, plan_only=plan_only, as_json=as_json)
        return
    here, order = chosen_order(platform, environment, only, start)
    if plan_only:
        show_plan(here, order, as_json, summary)
        return
    here.require_open()
    # Made before threads ask for them.
    _ = here.shelf, here.site, here.parts, here.handovers
    _require_ready(here, order)
    told = books.told(here)
    outcomes = run(order, lambda name: relief.deploy(here, name, told, timeout=timeout, wait=wait))
    books.tell(told, here, outcomes, lambda each: each.deployed)
    note(summary, of_outcomes("deploy", here.environment.name, outcomes, "deployed"))
    settle(outcomes, as_json, "deployed")


@click.command()
@which
@SUMMARY
@JSON
def verify(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    summary: str,
    as_json: bool,
) -> None:
    """Run the tests of each component's chart against what is deployed.

    \b
    Example:
      pipelinekit platform verify --only vault
    """
    from pipelinekit.steps.rollout import verify as steps

    here, order = chosen_order(platform, environment, only, start)
    here.require_open()
    shelf, site, parts = here.shelf, here.site, here.parts
    outcomes = run(order, lambda name: steps.verify(parts[name], shelf, site, say=said_by(name)))
    if here.platform.ledger:
        books.tell(books.told(here), here, outcomes, lambda each: each.verified)
    note(summary, of_outcomes("verify", here.environment.name, outcomes, "verified"))
    settle(outcomes, as_json, "verified")


@click.command()
@which
@TIMEOUT
@click.option(
    "--volumes", is_flag=True, help="Delete the volumes of its StatefulSets as well, and their data."
)
@click.option(
    "--definitions", is_flag=True, help="Delete its definitions as well; refused while they have objects."
)
@PLAN
@JSON
def remove(
    platform: str,
    environment: str,
    only: tuple[str, ...],
    start: tuple[str, ...],
    timeout: int,
    volumes: bool,
    definitions: bool,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Uninstall components, those first that need the others. Say which: --only or --from.

    Refused (6) while something that stays needs one of them. --only may name one that is off and still runs.
    Volumes and definitions stay unless a word says otherwise, namespaces always. With --plan alone all that
    are on are looked at.

    \b
    Examples:
      pipelinekit platform remove --only keycloak
      pipelinekit platform remove --from postgresql --plan
    """
    from pipelinekit.plan.rollout.order import reversed_order
    from pipelinekit.steps.rollout import remove as steps

    if not (only or start or plan_only):
        hint = "--only NAME, or --from NAME with all that wait; --plan shows all"
        raise usage("remove-what", "say which components go", hint=hint)
    here, order = chosen_order(platform, environment, only, start, True)
    _require_unneeded(here, order)
    back = reversed_order(order)
    shelf, site = here.shelf, here.site
    parts = {**here.known, **{name: here.part_of(here.off[name]) for name in order if name in here.off}}
    if plan_only:
        found = [steps.planned(parts[name], shelf, site, volumes=volumes) for name in back]
        show_removals(found, as_json, volumes=volumes, definitions=definitions)
        if not (only or start or as_json) and any(each.there for each in found):
            report.result("which of them go, --only NAME says, or --from NAME with all that wait")
        return
    here.require_open()

    def act(name: str) -> Outcome:
        words = {"volumes": volumes, "definitions": definitions}
        return steps.remove(parts[name], shelf, site, timeout=timeout, say=said_by(name), **words)

    settle(run(back, act), as_json, "removed")


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@click.argument("component")
@TIMEOUT
@PLAN
@JSON
def resize(
    platform: str, environment: str, component: str, timeout: int, plan_only: bool, as_json: bool
) -> None:
    """Grow the volumes of a component as its values want them, without a restart, and deploy it.

    The claims ask for more, and once the volumes have it their StatefulSet is made anew around the pods that
    run. Refused (6) before anything is changed where a storage class does not grow, and for whatever else
    cannot be changed in place. The ledger stops it, and is told, as by `platform deploy`.

    \b
    Examples:
      pipelinekit platform resize postgresql --plan
      pipelinekit platform resize postgresql
    """
    from pipelinekit.steps.rollout import resize as steps

    here, order = chosen_order(platform, environment, (component,), ())
    shelf, site, parts, volumes = here.shelf, here.site, here.parts, here.volumes
    if plan_only:
        growing = [each for name in order for each in steps.planned(parts[name], shelf, site, volumes)]
        found = books.stops(here, order)
        stops = [Fault("cannot-change", f"{name}: {line}") for name, lines in found.items() for line in lines]
        if as_json:
            report.as_json([dataclasses.asdict(each) for each in growing])
        for each in () if as_json else growing:
            report.result(f"volumes {each.stem}-… would grow from {each.before} to {each.after}")
        if stops:
            raise Refused(*stops)
        if not as_json:
            report.result("no pod would be restarted for that" if growing else "no volume is to grow")
        return
    here.require_open()
    told = books.told(here)

    def act(name: str) -> Outcome:
        if told:
            told.require_free(parts[name])
        return steps.resize(parts[name], shelf, site, volumes, timeout=timeout, say=said_by(name))

    outcomes = run(order, act)
    books.tell(told, here, outcomes, lambda each: each.deployed)
    settle(outcomes, as_json, "resized")


# --- what they share ------------------------------------------------------------------------------


def _require_ready(here: Rollout, order: Order) -> None:
    """What a part of the order waits for outside of it has to be ready: raises `Refused` with who is not."""
    outside = {need for name in order for need in here.order[name]} - order.keys()
    faults = [
        Fault(
            "need-not-ready",
            f"{name} is needed and not ready: {'; '.join(there['reasons'])}",
            hint=f"`pipelinekit platform deploy --from {name}`",
        )
        for name in sorted(outside)
        if (there := row(here, name))["reasons"]
    ]
    if faults:
        raise Refused(*faults)


def _require_unneeded(here: Rollout, order: Order) -> None:
    """Raise `Refused` while something that stays needs one that goes."""
    faults = []
    # What is off and runs needs them no less.
    left = [each.component for each in leftovers(here) if each.component.name not in order]
    for name in order:
        users = [other for other, needs in here.order.items() if name in needs and other not in order]
        there = [each for each in users if row(here, each)["installed"]]
        off = [each.name for each in left if name in each.needs]
        if there or off:
            only = " ".join(f"--only {each}" for each in dict.fromkeys((*order, *there, *off)))
            which = only if off else f"--from {name}"
            hint = f"`pipelinekit platform remove {which}` removes them with it"
            problem = f"{name} is needed by {', '.join((*there, *off))}"
            faults.append(Fault("still-needed", problem, hint=hint))
    if faults:
        raise Refused(*faults)
