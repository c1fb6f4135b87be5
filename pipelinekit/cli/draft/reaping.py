"""`draft reap`: developers' namespaces that nobody uses go to sleep, and those that have ended go."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import click

from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.options import JSON, PLAN, age
from pipelinekit.cli.output import report
from pipelinekit.errors import Fault, ToolFailed
from pipelinekit.model.draft import Place
from pipelinekit.model.platform.drafts import Drafts
from pipelinekit.model.release import Target
from pipelinekit.plan.draft import place
from pipelinekit.plan.moment import moment


@click.command()
@draft(
    click.option(
        "--idle", default="", help="Put to sleep what nobody used for so long (the platform's, else 12h)."
    ),
    PLAN,
    JSON,
    path="",
)
def reap(here: Draft, idle: str, plan_only: bool, as_json: bool) -> None:
    """Put every developer's idle namespace of the cluster to sleep, and remove those whose day has come.

    Asleep means that no pod runs and no CronJob starts one: all else stays, and the owner's next `draft up`
    wakes it. Only namespaces that `draft up` has made are looked at, whoever's they are.

    \b
    Examples:
      pipelinekit draft reap --plan
      pipelinekit draft reap --idle 8h --platform ../platform
    """
    asked = age(idle) if idle else None
    with here.cluster_pinned() as somewhere:
        known = here.platform.drafts or Drafts()
        seconds = known.idle if asked is None else asked
        now = here.places.now(somewhere)
        ended, quiet = place.due(here.places.all(somewhere), now, seconds)
        faults: list[Fault] = []
        if not plan_only:
            ended = _done(here, somewhere, ended, here.places.remove, faults)
            quiet = _done(here, somewhere, quiet, lambda at: here.places.sleep(at, moment(now)), faults)
    if as_json:
        report.as_json(
            {
                "removed": [dataclasses.asdict(each) for each in ended],
                "asleep": [dataclasses.asdict(each) for each in quiet],
                "done": not plan_only,
            }
        )
    else:
        _tell(somewhere, ended, quiet, plan_only=plan_only, failed=bool(faults))
    if faults:
        raise ToolFailed(*faults)


def _tell(
    somewhere: Target, ended: Sequence[Place], quiet: Sequence[Place], *, plan_only: bool, failed: bool
) -> None:
    would = "would be" if plan_only else "is"
    for each in ended:
        report.result(
            f"{each.namespace} of {each.owner} {would} removed: it ended on {moment(each.ends)[:10]}"
        )
    for each in quiet:
        report.result(f"{each.namespace} of {each.owner} {would} asleep: last used {moment(each.used)}")
    if not ended and not quiet and not failed:
        report.result(f"no developer's namespace in {somewhere.context} has ended or is idle")


def _done(
    here: Draft,
    somewhere: Target,
    places: Sequence[Place],
    deed: Callable[[Target], object],
    faults: list[Fault],
) -> list[Place]:
    """The places for which a deed was done. What cannot be done for one is among the faults, and keeps no
    other: what is in a namespace is its owner's."""
    done = []
    for each in places:
        at = _at(somewhere, each.namespace)
        try:
            deed(at)
        except ToolFailed as error:
            if not _gone(here, at):
                named = f"{each.namespace} of {each.owner}: "
                faults += [
                    dataclasses.replace(fault, problem=named + fault.problem) for fault in error.faults
                ]
        else:
            done.append(each)
    return done


def _gone(here: Draft, at: Target) -> bool:
    """Whether somebody has removed it meanwhile."""
    try:
        return here.places.place(at) is None
    except ToolFailed as error:
        return error.faults[0].code == "namespace-going"


def _at(somewhere: Target, namespace: str) -> Target:
    return dataclasses.replace(somewhere, namespace=namespace)
