"""The jobs of the folder `release`: which there are, and what people fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.errors import refused
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE, Parameter, Pipeline
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms.releases import credentials, has_jobs, why_none

EVERY = "H/10 * * * *"
"""When `release/advance` runs: a soak that is over waits ten minutes at most."""


def require_jobs(platform: Platform) -> None:
    """Raise `Refused` where the document lacks what they are made of."""
    lacks = why_none(platform)
    if lacks:
        raise refused("no-release-job", f"there is no {PROMOTE}: {lacks}", hint="promote without --via")


def jobs(platform: Platform, scripts: Mapping[str, str]) -> Iterator[Pipeline]:
    """Both, with their scripts by path."""
    if not has_jobs(platform):
        return
    yield Pipeline(
        path=PROMOTE,
        title="Promote",
        text="Moves a recorded release, or a set, to the next environment: plan, approvals, promotion.",
        script=scripts.get(PROMOTE, ""),
        credentials=credentials(platform),
        parameters=tuple(_parameters(platform)),
    )
    yield Pipeline(
        path=ADVANCE,
        title="Advance",
        text="Says in the ledger what has arrived, and promotes by itself where an environment says so.",
        script=scripts.get(ADVANCE, ""),
        credentials=credentials(platform),
        cron=EVERY,
    )


def _parameters(platform: Platform) -> Iterator[Parameter]:
    known = sorted(f"{each.team}/{each.name}" for each in platform.applications)
    # The first one is what a form shows, and a set has no application: so nobody is the first.
    yield Parameter(name="APPLICATION", text="Which one; none for a set.", choices=("", *known))
    yield Parameter(
        name="VERSION",
        text="Its version. Empty: the one that the ledger then has in the environment before.",
    )
    gated = tuple(each.name for each in platform.environments if each.gated)
    yield Parameter(name="ENVIRONMENT", text="Where to.", choices=gated)
    yield Parameter(name="REASON", text="Why; it stands in the ledger.")
    yield Parameter(name="CHANGE", text="The change's number, where one is asked for.")
    yield Parameter(
        name="SET", text="Instead of an application: a release set, a file of the platform's repository."
    )
    yield Parameter(
        name="TAKE_BACK", text="Of a set: when one fails, take back what was promoted.", tick=True
    )
    yield Parameter(name="DOWNGRADE", text="Although a later version is there.", tick=True)
    yield Parameter(
        name="EMERGENCY", text="Past the gates, with a reason; for the groups that may.", tick=True
    )
