"""`promote --via jenkins`: the job `release/promote`, started from a terminal and followed to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelinekit.cli.jenkins.via import controller_of, follow
from pipelinekit.cli.output import report
from pipelinekit.cli.release.options import named
from pipelinekit.errors import usage
from pipelinekit.model.jenkins.jobs import PROMOTE
from pipelinekit.plan.jenkins import releases

if TYPE_CHECKING:
    from pipelinekit.cli.release.desk import Desk


_NAMED = ("APPLICATION", "VERSION")


@dataclass(frozen=True)
class Wish:
    """What is promoted, and how."""

    application: str
    set_file: str
    environment: str
    reason: str = ""
    change: str = ""
    take_back: bool = False
    downgrade: bool = False
    emergency: bool = False
    expect: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)


def promote(here: Desk, via: str, wish: Wish, *, plan_only: bool, as_json: bool) -> None:
    """Start the job, follow it, and end as it does."""
    if wish.expect:
        raise usage(
            "plan-options",
            "--via starts a pipeline, which makes its own plan",
            hint="leave out --expect: the log of the job has its plan",
        )
    url = controller_of(here.platform, via)
    releases.require_jobs(here.platform)
    where = here.environment(wish.environment)
    parameters = _parameters(here, wish)
    if plan_only:
        what = parameters.get("SET") or " ".join(parameters[each] for each in _NAMED if each in parameters)
        report.result(f"would start {PROMOTE} at {url}, which promotes {what} to {where.name}")
        return
    from pipelinekit.cli.jenkins.controller import Controller

    follow(Controller(url).builds, url, PROMOTE, parameters, as_json=as_json, whole=True)


def _parameters(here: Desk, wish: Wish) -> dict[str, str]:
    """Those that say something: of the others the job has its own word."""
    told = {"ENVIRONMENT": wish.environment, "REASON": wish.reason, "CHANGE": wish.change}
    ticks = {"TAKE_BACK": wish.take_back, "DOWNGRADE": wish.downgrade, "EMERGENCY": wish.emergency}
    told |= {name: "true" for name, on in ticks.items() if on}
    if wish.set_file:
        told["SET"] = wish.set_file
    else:
        team, name, version = named(wish.application)
        told["APPLICATION"], told["VERSION"] = "/".join(here.application(team, name)), version
    return {name: value for name, value in told.items() if value}
