"""How plans of promotions are shown, and how a verb of releases ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.cli.output import report
from pipelinekit.errors import refused
from pipelinekit.model.ledger import History, Writer, branch_of, title_of, word_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import PromotionPlan
from pipelinekit.plan.gates import approvals
from pipelinekit.plan.gates.expected import told
from pipelinekit.plan.gates.nextstep import step
from pipelinekit.plan.gates.stops import unreviewed
from pipelinekit.ports import Ledger
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion.promote import Planned

UNSAID = "was not approved"
"""The reason of a refusal that gives none."""
NOTHING_TO_APPROVE = "already: nothing is to be approved"
_OWN = "that takes back your own approval of it, and stops nobody else: {stop} does"
"""What is said beside a no, which people take for more than it is."""


def show(planned: Planned, as_json: bool) -> None:
    """A plan, and what the gates say of it."""
    plan, closed = planned.survey.plan, planned.closed
    if not as_json:
        lines(planned)
    what = f"{plan.name} {plan.version}"
    if planned.there:
        sentence = f"{what} runs already in {plan.environment}"
    elif closed:
        gates = ", ".join(dict.fromkeys(each.gate for each in closed))
        sentence = f"{what} may not go to {plan.environment}: {gates}"
    elif planned.goes_on:
        sentence = f"{what} was begun in {plan.environment}, and would go on"
    else:
        sentence = f"would promote {what} to {plan.environment}"
    end(sentence, as_json, row(planned))


def row(planned: Planned) -> dict[str, Any]:
    """The same as data."""
    plan = planned.survey.plan
    return {
        **finished(plan),
        "parts": dict(plan.parts),
        "gates": [
            {"gate": each.gate, "open": each.open, "reason": each.reason} for each in planned.judged.verdicts
        ],
        "notes": list(planned.survey.notes),
        "there": planned.there,
        "may": not planned.closed,
    }


def lines(planned: Planned) -> None:
    """Each part of a plan and each gate's word on a line of its own."""
    plan = planned.survey.plan
    report.result(
        f"{title_of(plan.team, plan.name)} {plan.version} to {plan.environment}, plan {plan.digest}"
    )
    for part, text in plan.parts.items():
        report.result(f"  {part}: {text}")
    for each in planned.judged.verdicts:
        report.result(f"  {'open  ' if each.open else 'closed'} {each.gate}: {each.reason}")
    for gate in dict.fromkeys(each.gate for each in planned.closed):
        report.result(f"  next for {gate}: {step(planned.case, gate)}")
    for note_ in planned.survey.notes:
        report.result(f"  note: {note_}")


def finish(plan: PromotionPlan, done: tuple[Did, ...], as_json: bool) -> None:
    """What is true now of one release."""
    if as_json:
        report.as_json(
            {
                **finished(plan),
                "acted": any(each.acted for each in done),
                "sentence": "; ".join(each.sentence for each in done),
            }
        )
        return
    for each in done:
        report.result(each.sentence)


def finished(plan: PromotionPlan) -> dict[str, str]:
    """Which plan of what it was."""
    return {
        **_what(plan),
        "version": plan.version,
        "environment": plan.environment,
        "plan": plan.digest,
    }


def _what(plan: PromotionPlan) -> dict[str, str]:
    return {"application": f"{plan.team}/{plan.name}"} if plan.team else {"component": plan.name}


def answer_of(
    who: Writer, planned: Planned, history: History, *, refuse: bool, of: str = ""
) -> tuple[str, str]:
    """What was said to a plan, as a sentence, and why it does not count; `history` has it as its last.

    `planned` is `unasked`. What else the plan waits for is said, each time after the words `of`.
    """
    plan = planned.survey.plan
    verb = "refuses" if refuse else "approves"
    sentence = f"{who} {verb} {plan.name} {plan.version} to {plan.environment} ({plan.digest})"
    if refuse:
        what = f"{word_of(plan.team, plan.name)}@{plan.version}"
        report.notice(of + _OWN.format(stop=f"`pipelinekit bar {what} --reason TEXT`"))
        return sentence, ""
    case = replace(planned.case, history=history)
    for each in approvals.judge(case):
        report.notice(f"{of}{each.gate}: {each.reason}")
    why = approvals.void(case, history.entries[-1])
    return sentence + (f", which does not count: {why}" if why else ""), why


def set_refused(environment: str) -> None:
    """Say of a no to a set what it does."""
    report.notice(_OWN.format(stop=f"`pipelinekit hold --env {environment} --reason TEXT`"))


def require_asked(environment: Environment) -> None:
    """Raise `Refused` where a yes or a no changes nothing: whoever has signed one would rely on it."""
    if environment.approvals is None:
        raise refused(
            "approvals-unasked",
            f"{environment.name} asks for no approvals",
            hint="promotions go on without any; `pipelinekit bar APP@VERSION --reason TEXT` stops a version",
        )


def review_waits(ledger: Ledger, applications: Iterable[tuple[str, str]], environment: Environment) -> None:
    """After an emergency, say who has to look at it before anything else may come."""
    where = environment.name
    for team, name in applications:
        for each in unreviewed(ledger.history(branch_of(team, name)), environment):
            report.notice(
                f"until somebody else has looked at the emergency of {each.event.version} the next "
                f"promotion to {where} waits: `pipelinekit review {word_of(team, name)} --env {where}`"
            )


def end(sentence: str, as_json: bool, data: Mapping[str, Any]) -> None:
    """The one sentence at the end, or all of it as data."""
    if as_json:
        report.as_json({"sentence": sentence, **data})
    else:
        report.result(sentence)


def expected(digest: str, expect: str, lines: tuple[str, ...] = ()) -> None:
    """Raise `Refused` where a plan is not the one that was looked at; `lines` are those that are others."""
    if expect and expect != digest:
        raise refused(
            "plan-moved",
            told(digest, expect, lines),
            hint="look at it again: `approve --plan`; in Jenkins start `release/promote` once more, which "
            "shows it",
        )
