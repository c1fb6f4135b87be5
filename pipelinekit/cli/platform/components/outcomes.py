"""What became of the components of a verb: worked on in their order, told, and raised where one failed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipelinekit.cli.output import bug, report
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Refused, ToolFailed
from pipelinekit.model.rollout.part import FAILED, UNCHANGED, WAITING

if TYPE_CHECKING:
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.plan.rollout.order import Order


def run(order: Order, act: Callable[[str], Outcome]) -> tuple[Outcome, ...]:
    """Do `act` for each component, as parallel as the order allows."""
    from pipelinekit.steps.rollout.runner import run as run_all

    return run_all(order, act, report.say, lambda _, error: bug.as_failure(error))


def settle(outcomes: Sequence[Outcome], as_json: bool, done: str) -> None:
    """Report what became of each; raises when one failed or was refused."""
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in outcomes])
    else:
        tell(outcomes)
    require_done(outcomes)
    still = sum(each.state == UNCHANGED for each in outcomes)
    if not as_json:
        nothing = "nothing was done" if still == len(outcomes) else f"{len(outcomes) - still} {done}"
        report.result(f"{counted(len(outcomes), 'component')}: {nothing}")


def tell(outcomes: Sequence[Outcome]) -> None:
    """A line for each; why one has failed says `require_done`, and what can be done."""
    for each in outcomes:
        waits = f"waiting: waits for {', '.join(each.blocked)}" if each.state == WAITING else each.text
        report.result(f"{each.component}: {FAILED if each.state == FAILED else waits}")


def require_done(outcomes: Sequence[Outcome]) -> None:
    """Raise `ToolFailed` when one failed, `Refused` when all that failed were refused."""
    failed = [each for each in outcomes if each.state == FAILED]
    waiting = [each.component for each in outcomes if each.state == WAITING]
    if not failed:
        return
    kind = Refused if all(each.refused for each in failed) else ToolFailed
    faults = [
        Fault("component-failed", f"{each.component}: {first}", hint=rest)
        for each in failed
        for first, _, rest in (text.partition("\n") for text in each.faults)
    ]
    if waiting:
        faults.append(Fault("component-waits", f"not begun: {', '.join(waiting)}"))
    raise kind(*faults)
