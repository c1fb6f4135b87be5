"""All gates before one environment, judged together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelinekit.model.promotion import Judgement, Verdict
from pipelinekit.plan.gates import approvals, artefacts, evidence, expected, freeze, order, stops
from pipelinekit.plan.gates.case import Case, closed, is_own

GATES: dict[str, Callable[[Case], Iterator[Verdict]]] = {
    "order": order.judge,
    "freeze": freeze.judge,
    "stops": stops.judge,
    "artefacts": artefacts.judge,
    "evidence": evidence.judge,
    "approvals": approvals.judge,
    "expected": expected.judge,
}


def judge(case: Case) -> Judgement:
    """What each gate says of a promotion at this moment, open ones included."""
    verdicts = [verdict for gate in GATES.values() for verdict in gate(case)]
    if not case.request.emergency:
        return Judgement(verdicts=tuple(verdicts))
    refusal = _emergency(case)
    if refusal:
        return Judgement(verdicts=(*verdicts, closed("emergency", refusal, hard=True)))
    passed = tuple(each for each in verdicts if not each.open and not each.hard)
    return Judgement(verdicts=tuple(verdicts), passed=passed)


def _emergency(case: Case) -> str:
    """Why an emergency is none, or empty."""
    groups = case.environment.emergency
    if not groups:
        return f"{case.environment.name} knows no emergency"
    if not case.request.reason.strip():
        return "an emergency needs a reason: --reason"
    if not case.asker.person or not set(case.asker.groups) & set(groups):
        return f"{case.asker} is in none of {', '.join(groups)}"
    if not is_own(case.asker, case.environment):
        return f"{case.asker}: where approvals have to be signed, so has an emergency"
    return ""


def stopped(case: Case) -> tuple[Verdict, ...]:
    """What stops a deployment to an environment without gates as well: freezes and holds."""
    found = (*freeze.judge(case), *stops.judge(case))
    return tuple(each for each in found if not each.open and each.gate in ("freeze", "hold", "bar"))
