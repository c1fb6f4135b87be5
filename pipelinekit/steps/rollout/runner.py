"""Work in an order: as parallel as it allows, one branch that fails keeps the others going."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.rollout.part import FAILED, WAITING, Outcome
from pipelinekit.plan.rollout.order import Order, blocked_by
from pipelinekit.ports import Say

AT_ONCE = 16
"""How many components are worked on at the same time: each mostly waits."""

_LINE = re.compile(r"`(?:pipelinekit) (build|push|package|publish|deploy|verify)`")
"""A next step that the line names for an application."""

Act = Callable[[str], Outcome]


def run(
    order: Order,
    act: Act,
    say: Say,
    failure: Callable[[str, Exception], PipelinekitError],
    *,
    at_once: int = AT_ONCE,
) -> tuple[Outcome, ...]:
    """Do `act` for each as soon as all that it waits for are done; what became of each, in order.

    What raises has failed, and whoever waits for it is told for whom and is not begun. `failure` makes an
    error of ours of any other exception. An interruption ends what has not begun yet.
    """
    outcomes: dict[str, Outcome] = {}
    bad: dict[str, str] = {}
    running: dict[Future[Outcome], str] = {}
    left = dict(order)
    pool = ThreadPoolExecutor(max(1, min(at_once, len(order))))
    try:
        while left or running:
            for name in [each for each in left if _may_begin(order[each], order, outcomes)]:
                del left[name]
                blocked = blocked_by(name, order, bad)
                if blocked:
                    say(f"{name}: waits for {', '.join(blocked)}, which failed")
                    outcomes[name] = Outcome(component=name, state=WAITING, blocked=blocked)
                else:
                    running[pool.submit(_timed, act, name, failure)] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), None)
            for each in done:
                outcome = each.result()
                outcomes[running.pop(each)] = outcome
                if outcome.state == FAILED:
                    bad[outcome.component] = outcome.text
                    if running:
                        # It is some time until all is told; where nothing goes on that is now.
                        say(f"{outcome.component}: failed: {outcome.text}")
                _tell_waiting(order, outcomes, left, outcome, say)
    finally:
        # Whoever is interrupted does not wait for what waits for pods.
        pool.shutdown(wait=False, cancel_futures=True)
    return tuple(outcomes[name] for name in order)


def _may_begin(needs: tuple[str, ...], order: Order, outcomes: dict[str, Outcome]) -> bool:
    return all(need in outcomes for need in needs if need in order)


def _tell_waiting(
    order: Order,
    outcomes: dict[str, Outcome],
    left: dict[str, tuple[str, ...]],
    outcome: Outcome,
    say: Say,
) -> None:
    """Say of each that waited for this one for whom it still does."""
    for name, needs in left.items():
        still = [need for need in needs if need in order and need not in outcomes]
        if outcome.component in needs and still:
            say(f"{name}: waits for {', '.join(still)}")


def _timed(act: Act, name: str, failure: Callable[[str, Exception], PipelinekitError]) -> Outcome:
    began = time.monotonic()
    try:
        outcome = act(name)
    except PipelinekitError as error:
        outcome = _failed(name, error)
    except Exception as error:  # noqa: BLE001 - one component's fault ends no other
        outcome = _failed(name, failure(name, error))
    return replace(outcome, seconds=time.monotonic() - began)


def _of_components(verb: str, name: str) -> str:
    """The command for a component that does what a verb of the line does for an application."""
    return f"`pipelinekit platform {'verify' if verb == 'verify' else 'deploy'} --only {name}`"


def _failed(name: str, error: PipelinekitError) -> Outcome:
    hints = (_LINE.sub(lambda found: _of_components(found[1], name), each.hint) for each in error.faults)
    faults = tuple(
        "\n".join(part for part in (str(each), hint) if part)
        for each, hint in zip(error.faults, hints, strict=True)
    )
    return Outcome(
        component=name,
        state=FAILED,
        text=str(error.faults[0]),
        faults=faults,
        refused=isinstance(error, Refused),
    )
