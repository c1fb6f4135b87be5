"""`promote --set` and `approve --set`: a list of applications and versions, handled as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.disk import files, regular
from pipelinekit.cli.output import report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.jenkins import asking
from pipelinekit.cli.release.shown import (
    NOTHING_TO_APPROVE,
    UNSAID,
    end,
    expected,
    lines,
    require_asked,
    review_waits,
    row,
    set_refused,
)
from pipelinekit.errors import DocumentInvalid, Fault, Refused, UsageError
from pipelinekit.model.promotion import Request
from pipelinekit.plan.gates import approvals
from pipelinekit.plan.gates.together import moved
from pipelinekit.reading.releaseset.document import read_releaseset
from pipelinekit.steps.promotion.books import note
from pipelinekit.steps.promotion.promote import unasked
from pipelinekit.steps.promotion.sets import bring, together
from pipelinekit.steps.promotion.sets.takeback import foreseen
from pipelinekit.steps.promotion.sets.together import Together

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Environment
    from pipelinekit.model.releaseset.document import ReleaseSet
    from pipelinekit.plan.releaseset.record import Record
    from pipelinekit.steps.promotion.looks.around import Around


def promote(
    here: Desk,
    around: Around,
    file: str,
    environment: Environment,
    request: Request,
    plan_only: bool,
    take_back: bool,
    asks: str,
    as_json: bool,
) -> None:
    """The verb `promote` with --set."""
    chosen = read(here, file)
    if plan_only:
        found = together.plan(around, chosen, environment, request)
        if asks:
            asking.tell(asks, found.plan.digest, found.members)
        _show(found, as_json, foreseen(around, found, environment, asked=take_back))
        return
    if request.emergency:
        report.notice(f"EMERGENCY: {request.reason or 'no reason given'}")
    with report.alive("promote"):
        done = bring.promote(around, chosen, environment, request, take_back=take_back)
    if request.emergency:
        review_waits(here.ledger, [(each.team, each.name) for each in chosen.members], environment)
    if not as_json:
        for each in done.did:
            report.result(each.sentence)
    members = [
        {"application": each.application, "version": each.version, "end": each.end} for each in done.parts
    ]
    where = f"the set {chosen.name} is in {environment.name}"
    acted = done.back or any(each.acted for each in done.did)
    sentence = f"{where}: {', '.join(map(str, done.parts))}" if acted else f"{where} already"
    if done.back:
        ends = ", ".join(map(str, done.parts))
        sentence = (
            f"the set {chosen.name} had stopped, and is taken back in {environment.name}, "
            f"and nothing was promoted: {ends}"
        )
    end(
        sentence,
        as_json,
        {"set": chosen.name, "plan": done.plan, "acted": acted, "members": members, "back": done.back},
    )


def approve(
    here: Desk,
    around: Around,
    file: str,
    environment: Environment,
    reason: str,
    expect: str,
    plan_only: bool,
    refuse: bool,
    as_json: bool,
) -> None:
    """The verb `approve` with --set."""
    asked = together.plan(around, read(here, file), environment, Request())
    found = replace(asked, members=tuple(map(unasked, asked.members)))
    if plan_only:
        _show(found, as_json)
        return
    expected(found.plan.digest, expect, moved(found.plan, found.common, expect) or ())
    if not as_json:
        _lines(found)
    name, digest = found.plan.name, found.plan.digest
    if found.there:
        end(f"the set {name} is in {environment.name} {NOTHING_TO_APPROVE}", as_json, _data(found))
        return
    require_asked(environment)
    if refuse:
        set_refused(environment.name)
        note(here.ledger, together.objection(around, found.plan, reason or UNSAID))
        sentence = f"{here.ledger.writer()} refuses the set {name} to {environment.name} ({digest})"
        end(sentence, as_json, {"plan": digest, "set": name})
        return
    there = note(here.ledger, together.approval(around, found.plan, reason))
    told, void = list[str](), dict[str, str]()
    for each in found.members:
        case = replace(each.case, common=there)
        member = each.survey.release.name
        told += [f"{member}: {x.gate}: {x.reason}" for x in approvals.judge(case)]
        why = approvals.void(case, there.entries[-1])
        void |= {member: why} if why else {}
    for line in told:
        report.notice(line)
    sentence = f"{here.ledger.writer()} approves the set {name} to {environment.name} ({digest})"
    if void:
        sentence += f", which does not count for {'; '.join(f'{x} ({why})' for x, why in void.items())}"
    end(sentence, as_json, {"plan": digest, "set": name, "void": void})


def read(here: Desk, file: str) -> ReleaseSet:
    """The set of a file, each member with its team; raises with every member that nobody knows."""
    path = files.require_file(asking.set_path(file), "--set")
    chosen = read_releaseset(files.read_bytes(path, regular.DOCUMENT), file)
    members, faults = [], list[Fault]()
    for each in chosen.members:
        try:
            team, name = here.application(each.team, each.name)
        except UsageError as error:
            place = each.places[0] if each.places else None
            faults += [replace(fault, place=place) for fault in error.faults]
            continue
        members.append(replace(each, team=team, name=name))
    if faults:
        raise DocumentInvalid(*faults)
    return replace(chosen, members=tuple(members))


def _show(found: Together, as_json: bool, back: Record | None = None) -> None:
    """A set as it stands; of one that would go `back` no gate is asked, on its way there nothing."""
    if not as_json:
        _lines(found)
    what, where = f"the set {found.plan.name}", found.plan.environment
    closed = found.refusal()
    if back:
        closed = Refused(*found.unexpected) if found.moved and not back.back else None
    if back and not closed:
        ways = ", ".join(
            f"{each.application} to {each.before}" if each.before else f"{each.application} stays"
            for each in back.parts
        )
        sentence = f"would take {what} back in {where}, and promote nothing: {ways or 'all of it is back'}"
    elif found.there:
        sentence = f"{what} is in {where} already"
    elif closed:
        told = dict.fromkeys(
            f"{x.survey.release.name}: {y.gate}" for x in found.missing for y in x.closed if not back
        )
        told |= {"plan": None} if found.moved else {}
        sentence = f"{what} may not go to {where}: {', '.join(told)}"
    else:
        order = ", then ".join(str(each.survey.release.name) for each in found.missing)
        sentence = f"would promote {what} to {where}: {order}"
    end(sentence, as_json, {**_data(found), "may": not closed, "back": bool(back)})


def _data(found: Together) -> dict[str, Any]:
    return {
        "set": found.plan.name,
        "environment": found.plan.environment,
        "plan": found.plan.digest,
        "members": [row(each) for each in found.members],
        "there": found.there,
        "may": found.refusal() is None,
    }


def _lines(found: Together) -> None:
    for each in found.members:
        lines(each)
        if each.there:
            report.result("  runs already: nothing is to be done")
    if found.moved:
        report.result(f"  closed plan: {found.moved}")
    report.result(f"the set {found.plan.name} to {found.plan.environment}, plan {found.plan.digest}")
