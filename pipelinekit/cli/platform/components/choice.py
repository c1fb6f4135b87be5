"""Which components a verb is about: options, order, and how each of them stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli.options import ENVIRONMENT, PLATFORM_FOLDER, F, not_via
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring import reaching
from pipelinekit.errors import ToolFailed

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.rollout.part import Leftover
    from pipelinekit.plan.rollout.order import Order

_ONLY = click.option("--only", multiple=True, metavar="NAME", help="This component alone; repeat it.")
_FROM = click.option(
    "--from", "start", multiple=True, metavar="NAME", help="From this one on: it, and all that wait for it."
)

AT_ONCE = 8
"""How many components are asked for together: each is a handful of processes."""

SUMMARY = click.option(
    "--summary",
    default="",
    type=on_disk,
    metavar="FILE",
    callback=not_via,
    help="Put a line of what became of each at the head of a file.",
)


def which(verb: F) -> F:
    """The options that say where a verb is at work, and on which components; `chosen_order` takes them."""
    for option in (_FROM, _ONLY, ENVIRONMENT, PLATFORM_FOLDER):
        verb = option(verb)
    return verb


def chosen_order(
    platform: str, environment: str, only: Sequence[str], start: Sequence[str], off_too: bool = False
) -> tuple[Rollout, Order]:
    """The platform, and the part of its order that is asked for; what is left alone is told.

    A prerequisite that is only looked for may be asked for: there is nothing to do for it. With `off_too`
    `only` may name what is off, which the order then has as well.
    """
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.plan.rollout.order import chosen, order_of

    here = Rollout(platform, environment)
    for text in here.held_back:
        report.say(text)
    off = {each: here.off[each] for each in only if each in here.off} if off_too else {}
    idle = {*off, *(each.name for each in here.looked_for)}
    only_left, start_left = ([each for each in names if each not in idle] for names in (only, start))
    if (only or start) and not (only_left or start_left):
        return here, order_of(off.values())
    return here, {**chosen(here.order, only_left, start_left), **order_of(off.values())}


def said_by(name: str) -> Callable[[str], None]:
    """What says a line in a component's name."""
    return lambda text: report.say(f"{name}: {text}")


def note(file: str, line: str) -> None:
    """Put a line at the head of a file that may not be there: what happened last is read first."""
    from pathlib import Path

    from pipelinekit.adapters.disk import files

    path = Path(file)
    if file:
        before = files.read_text(path) if path.is_file() else ""
        files.write_atomic(path, f"{line}\n{before}")


def rows_of(here: Rollout, order: Order) -> list[dict[str, Any]]:
    """How each component stands, in order; several are asked for at once."""
    from concurrent.futures import ThreadPoolExecutor

    from pipelinekit.plan.rollout.releases import target_of

    if not order:
        return []
    # Made before threads ask for them.
    parts, site = here.parts, here.site
    anyone = target_of(parts[next(iter(order))].component, here.shelf.platform, here.shelf.environment)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ending = pool.submit(site.parts.ending, anyone)
        return list(pool.map(lambda name: row(here, name, ending.result()), order))


def leftovers(here: Rollout) -> tuple[Leftover, ...]:
    """What runs and is not on any more; where the cluster does not say, that is told."""
    from pipelinekit.steps.rollout.looks.leftover import left

    try:
        # Most of a platform's charts are off: over a way that stays open each is one question, not a Helm.
        with reaching.opened():
            return left(here.off.values(), here.platform, here.environment, here.site.releases)
    except ToolFailed as error:
        report.say(f"whether a component that is off still runs is not known: {error.faults[0].problem}")
        return ()


def tell_leftovers(found: Sequence[Leftover], tell: Callable[[str], None]) -> None:
    """A line for each component that runs and is not on any more, with the ways on."""
    for each in found:
        name, where = each.component.name, each.component.namespace
        tell(
            f"{name} {each.version} is off and still runs in {where}: `pipelinekit platform remove --only "
            f"{name}` takes it away, or turn it on in platform.yaml"
        )


def row(here: Rollout, name: str, ending: Collection[str] | None = None) -> dict[str, Any]:
    """How a component stands: the fields of a `PartStatus`; see `look`."""
    from pipelinekit.steps.rollout.looks.status import look

    return dataclasses.asdict(look(here.parts[name], here.shelf, here.site, ending=ending))
