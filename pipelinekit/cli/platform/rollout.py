"""The verbs that change the platform's components: deploy, verify, remove."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from pipelinekit.cli import bug, report
from pipelinekit.cli.options import ENVIRONMENT, JSON, PLAN, PLATFORM
from pipelinekit.cli.platform.choice import chosen_order, row, said_by, which
from pipelinekit.cli.platform.standing import show_plan
from pipelinekit.errors import Fault, Refused, ToolFailed, usage

if TYPE_CHECKING:
    from pipelinekit.cli.platform.parts import Rollout
    from pipelinekit.model.rollout import Outcome
    from pipelinekit.plan.rollout.order import Order

TIMEOUT = click.option(
    "--timeout",
    default=600,
    show_default=True,
    type=click.IntRange(1, 7200),
    help="Seconds for each component's release, and for its gate.",
)


@click.command()
@which
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

    here, order = chosen_order(platform, environment, only, start)
    if plan_only:
        show_plan(here, order, as_json)
        return
    shelf, site, parts = here.shelf, here.site, here.parts
    _require_ready(here, order)
    outcomes = _run(
        order, lambda name: steps.deploy(parts[name], shelf, site, timeout=timeout, say=said_by(name))
    )
    _settle(outcomes, as_json, "deployed")


@click.command()
@which
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

    here, order = chosen_order(platform, environment, only, start)
    shelf, site, parts = here.shelf, here.site, here.parts
    outcomes = _run(order, lambda name: steps.verify(parts[name], shelf, site, say=said_by(name)))
    _settle(outcomes, as_json, "verified")


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

    Refused (6) while something that stays needs one of them. Volumes and definitions stay unless a word
    says otherwise, namespaces always.

    \b
    Examples:
      pipelinekit platform remove --only keycloak
      pipelinekit platform remove --from postgresql --plan
    """
    from pipelinekit.plan.rollout.order import reversed_order
    from pipelinekit.steps.rollout.remove import remove as remove_one

    if not only and not start:
        raise usage(
            "remove-what", "say which components go", hint="--only NAME, or --from NAME with all that wait"
        )
    here, order = chosen_order(platform, environment, only, start)
    _require_unneeded(here, order)
    back = reversed_order(order)
    if plan_only:
        for name in back:
            report.result(f"{name}: would be removed from {here.parts[name].component.namespace}")
        report.result(_staying(volumes=volumes, definitions=definitions))
        return
    shelf, site, parts = here.shelf, here.site, here.parts

    def act(name: str) -> Outcome:
        words = {"volumes": volumes, "definitions": definitions}
        return remove_one(parts[name], shelf, site, timeout=timeout, say=said_by(name), **words)

    _settle(_run(back, act), as_json, "removed")


@click.command()
@PLATFORM
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
    cannot be changed in place.

    \b
    Examples:
      pipelinekit platform resize postgresql --plan
      pipelinekit platform resize postgresql
    """
    from pipelinekit.steps.rollout import resize as steps

    here, order = chosen_order(platform, environment, (component,), ())
    shelf, site, parts, volumes = here.shelf, here.site, here.parts, here.volumes
    if plan_only:
        growing = steps.planned(parts[component], shelf, site, volumes)
        if as_json:
            report.as_json([dataclasses.asdict(each) for each in growing])
            return
        for each in growing:
            report.result(f"volumes {each.stem}-… would grow from {each.before} to {each.after}")
        report.result("no pod would be restarted for that" if growing else "no volume is to grow")
        return

    def act(name: str) -> Outcome:
        return steps.resize(parts[name], shelf, site, volumes, timeout=timeout, say=said_by(name))

    _settle(_run(order, act), as_json, "resized")


def _staying(*, volumes: bool, definitions: bool) -> str:
    stays = [*([] if volumes else ["volumes"]), *([] if definitions else ["definitions"]), "namespaces"]
    return f"{' and '.join(stays)} would stay"


# --- what they share ------------------------------------------------------------------------------


def _run(order: Order, act: Callable[[str], Outcome]) -> tuple[Outcome, ...]:
    from pipelinekit.steps.rollout.runner import run

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
    for name in order:
        users = [other for other, needs in here.order.items() if name in needs and other not in order]
        there = [each for each in users if row(here, each)["installed"]]
        if there:
            hint = f"`pipelinekit platform remove --from {name}` removes them with it"
            faults.append(Fault("still-needed", f"{name} is needed by {', '.join(there)}", hint=hint))
    if faults:
        raise Refused(*faults)
