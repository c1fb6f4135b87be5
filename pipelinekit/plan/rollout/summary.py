"""What became of a rollout in one line, failures first: what a build of Jenkins shows beside its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelinekit.model.rollout.part import FAILED, UNCHANGED, WAITING, Outcome, PartPlan

MOST = 20
"""How many components of a kind are named."""


def of_outcomes(verb: str, environment: str, outcomes: Iterable[Outcome], done: str) -> str:
    """`deploy in dev: failed web; waiting after; deployed store; unchanged cache`."""
    kinds: dict[str, list[str]] = {each: [] for each in ("refused", FAILED, WAITING, done, UNCHANGED)}
    for each in outcomes:
        bad = "refused" if each.refused else FAILED
        state = {FAILED: bad, WAITING: WAITING, UNCHANGED: UNCHANGED}.get(each.state, done)
        kinds[state].append(each.component)
    return _line(verb, environment, kinds)


def of_plans(environment: str, plans: Iterable[PartPlan]) -> str:
    """`plan in dev: would be refused web; would be deployed store; unchanged cache`."""
    kinds: dict[str, list[str]] = {each: [] for each in ("would be refused", "would be deployed", UNCHANGED)}
    for each in plans:
        state = UNCHANGED if not each.acts else "would be deployed"
        kinds["would be refused" if each.refusals else state].append(each.component)
    return _line("plan", environment, kinds)


def _line(verb: str, environment: str, kinds: dict[str, list[str]]) -> str:
    parts = [f"{kind} {_names(of)}" for kind, of in kinds.items() if of]
    return f"{verb} in {environment}: {'; '.join(parts) or 'nothing is on'}"


def _names(components: Sequence[str]) -> str:
    more = len(components) - MOST
    return ", ".join(components[:MOST]) + (f" and {more} more" if more > 0 else "")
