"""The verbs `promote`, `approve` and `rollback`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipelinekit.cli.options import PLAN, TIMEOUT
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.jenkins import asking
from pipelinekit.cli.release.options import (
    CHANGE,
    DOWNGRADE,
    EMERGENCY,
    ENV,
    EXPECT,
    REASON,
    REFUSE,
    SET,
    SHOWN,
    SOME,
    TO,
    bare,
    desk,
    named,
    one_of,
    require_sense,
    said,
)
from pipelinekit.cli.release.shown import (
    NOTHING_TO_APPROVE,
    UNSAID,
    answer_of,
    end,
    expected,
    finish,
    lines,
    require_asked,
    review_waits,
    row,
    show,
)
from pipelinekit.errors import usage
from pipelinekit.model.promotion import Request
from pipelinekit.plan.gates.expected import moved
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion import rollback as way_back


@click.command()
@desk(
    SOME,
    SET,
    TO,
    PLAN,
    REASON,
    click.option(
        "--take-back",
        is_flag=True,
        help="Of a set: take back what was promoted, when one fails, or at once when it has stopped before.",
    ),
    EXPECT,
    SHOWN,
    CHANGE,
    DOWNGRADE,
    EMERGENCY,
    click.option(
        "--asks",
        default="",
        type=on_disk,
        metavar="FILE",
        help="With --plan: write which approvals to ask for, and the plan for --shown.",
    ),
    click.option(
        "--via",
        default="",
        is_eager=True,  # what may not be beside it asks for it
        metavar="jenkins",
        help="Let the job release/promote do it, and follow it.",
    ),
    TIMEOUT,
)
def promote(
    here: Desk,
    application: str,
    set_file: str,
    environment: str,
    plan_only: bool,
    take_back: bool,
    asks: str,
    via: str,
    as_json: bool,
    timeout: int,
    **request: Any,
) -> None:
    """Move a recorded release, byte for byte, to the next environment: copied, deployed, verified, recorded.

    Without a version it is the one in the environment before. Every gate is judged, and all that are closed
    are told together (6): order, verified, soak, freeze, hold, bar, artefacts and signatures, evidence,
    approvals, change. --plan shows the plan, its digest and what each gate says. With --expect it is that
    plan or none: when image, chart, values, gates or what runs there are others by then, it is refused, with
    the line that changed, where what was answered or what ran there tells it; with --shown always. The gates
    of the main branch of the platform's repository count, whatever --platform names.

    A promotion that was killed goes on when it is run again. Of two at once one promotes, and the other is
    told so.

    With --set it is a list of applications and versions, promoted as one: who is called before whoever calls
    it. It stops at the first that fails; run again, it does what is missing. With --take-back what it has
    promoted goes back then; a set that has stopped before goes back at once, and no gate is asked.

    With --via jenkins the job release/promote does it, followed here to its end; it asks for approvals in the
    browser. The file of a set is then one of the platform's repository, on its main branch.

    \b
    Examples:
      pipelinekit promote orders --to production --via jenkins --platform ../platform
      pipelinekit promote orders --to staging --platform git+https://git.example.com/platform.git
      pipelinekit promote --set checkout.yaml --to production --plan
      pipelinekit promote orders@1.4.2 --to production --plan
      pipelinekit promote orders@1.4.2 --to production --expect "$PLAN"
      pipelinekit promote orders@1.4.3 --to production --emergency --reason "payments are down"
    """
    one_of(application, set_file)
    require_sense(request)
    if take_back and not set_file:
        raise usage(
            "set-missing",
            "--take-back is for a set",
            hint="--set FILE; or `pipelinekit rollback APPLICATION --env NAME`",
        )
    if asks and (via or not plan_only):
        hint = "the job of Jenkins calls it so: promote --plan --asks FILE"
        raise usage("plan-options", "--asks goes with --plan, and not with --via", hint=hint)
    if via:
        from pipelinekit.cli.release.jenkins import job

        asked_for = job.Wish(application, set_file, environment, take_back=take_back, **request)
        job.promote(here, via, asked_for, plan_only=plan_only, as_json=as_json)
        return
    if not plan_only:
        asking.require_starter(here.ledger.writer())
    where, asked, around = here.environment(environment), Request(**request), here.around(timeout)
    if set_file:
        from pipelinekit.cli.release import sets

        sets.promote(here, around, set_file, where, asked, plan_only, take_back, asks, as_json)
        return
    team, name, version = named(application)
    team, name = here.application(team, name)
    if plan_only:
        planned = promotion.plan(around, team, name, version, where, asked)
        if asks:
            wanted = planned.survey.plan
            asking.tell(
                asks, wanted.digest, [planned], {"version": wanted.version, "parts": {**wanted.parts}}
            )
        show(planned, as_json)
        return
    if asked.emergency:
        report.notice(f"EMERGENCY: {asked.reason or 'no reason given'}")
    with report.alive("promote"):
        planned, done = promotion.promote(around, team, name, version, where, asked)
    if asked.emergency:
        review_waits(here.ledger, [(team, name)], where)
    finish(planned.survey.plan, done, as_json)


@click.command()
@desk(
    SOME,
    SET,
    TO,
    PLAN,
    REASON,
    EXPECT,
    SHOWN,
    REFUSE,
)
def approve(
    here: Desk,
    application: str,
    set_file: str,
    environment: str,
    plan_only: bool,
    reason: str,
    expect: str,
    shown: Mapping[str, Any],
    refuse: bool,
    as_json: bool,
) -> None:
    """Show the plan of a promotion, and sign its digest with your key.

    It counts for exactly this plan: when image, chart, values, gates or what runs there change, it is void,
    and `promote` shows the line that changed. With --set it is of the plans of all its members.

    \b
    Examples:
      pipelinekit approve --set checkout.yaml --to production
      pipelinekit approve orders@1.4.2 --to production --plan
      pipelinekit approve orders@1.4.2 --to production --expect "$PLAN"
    """
    one_of(application, set_file)
    around, where = here.around(), here.environment(environment)
    if set_file:
        from pipelinekit.cli.release import sets

        sets.approve(here, around, set_file, where, reason, expect, shown, plan_only, refuse, as_json)
        return
    team, name, version = named(application)
    team, name = here.application(team, name)
    planned = promotion.unasked(promotion.plan(around, team, name, version, where, Request(shown=shown)))
    plan = planned.survey.plan
    if plan_only:
        show(planned, as_json)
        return
    expected(plan.digest, expect, moved(planned.case, expect))
    if not as_json:
        lines(planned)
    if planned.there:
        end(f"{plan.name} {plan.version} runs in {environment} {NOTHING_TO_APPROVE}", as_json, row(planned))
        return
    require_asked(where)
    there = promotion.answer(around, planned, reason or (UNSAID if refuse else ""), refuse=refuse)
    sentence, why = answer_of(here.ledger.writer(), planned, there, refuse=refuse)
    end(sentence, as_json, {"plan": plan.digest} | ({} if refuse else {"counts": not why}))


@click.command()
@desk(
    click.argument("application", metavar="APP"),
    ENV,
    click.option(
        "--to",
        "version",
        default="",
        callback=said,
        metavar="VERSION",
        help="The version; the one before.",
    ),
    click.option("--tasks", is_flag=True, help="Run the old version's tasks as well."),
    PLAN,
    REASON,
    TIMEOUT,
)
def rollback(
    here: Desk,
    application: str,
    environment: str,
    version: str,
    tasks: bool,
    plan_only: bool,
    reason: str,
    timeout: int,
    as_json: bool,
) -> None:
    """Go back to a version that the ledger has, with its configuration, however long ago it was there.

    No task of the old version runs without --tasks. A freeze does not stop it, and it is recorded. A hold
    follows: no pipeline puts the newer version back until somebody lifts it (`unhold`), or a later version
    comes.

    \b
    Examples:
      pipelinekit rollback orders --env production --reason "errors at checkout"
      pipelinekit rollback orders --env production --to 1.3.9 --plan
    """
    team, name = bare(application, "--to VERSION names where to go")
    team, name = here.application(team, name)
    where, around = here.environment(environment), here.around(timeout)
    if plan_only:
        survey, bad = way_back.foresee(around, team, name, where, version)
        if survey.app.before and not tasks:
            report.notice(f"no task of {survey.release.version} would run ({', '.join(survey.app.before)})")
        for part, text in () if as_json else survey.plan.parts.items():
            report.result(f"  {part}: {text}")
        sentence = f"would go back to {name} {survey.release.version} in {environment}"
        if bad == survey.release.version:
            sentence = f"{name} {bad} is what {environment} has: nothing would be done"
        elif bad:
            report.notice(f"a hold against {bad} and before would follow")
        end(sentence, as_json, {"plan": dict(survey.plan.parts), "version": survey.release.version})
        return
    with report.alive("rollback"):
        survey, done = way_back.rollback(around, team, name, where, version, reason, tasks=tasks)
    finish(survey.plan, done, as_json)
