"""Whether a deployment without gates is stopped: a freeze, a hold or a bar counts for it as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.ledger import Writer
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.zone import Clock
from pipelinekit.model.promotion import PromotionPlan, Release
from pipelinekit.model.release import ReleasePlan
from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.judge import stopped
from pipelinekit.plan.gates.nextstep import faults
from pipelinekit.ports import Ledger, Say
from pipelinekit.steps.promotion.books import read


def require_free(
    ledger: Callable[[], Ledger],
    clock: Callable[[Iterable[str]], Clock],
    plan: ReleasePlan,
    environment: Environment,
    say: Say,
) -> None:
    """Raise `Refused` with every stop; a ledger that cannot be read is said, and stops nothing here."""
    release = Release(
        team=plan.app.team,
        name=plan.app.name,
        version=plan.version,
        commit=plan.key.commit,
        image=plan.image,
        chart=plan.chart,
        chart_digest="",
        archive="",
        descriptor="",
        descriptor_digest=plan.key.descriptor,
    )
    require_unstopped(ledger, clock, release, environment, lambda error: say(unknown(environment, error)))


def require_unstopped(
    ledger: Callable[[], Ledger],
    clock: Callable[[Iterable[str]], Clock],
    release: Release,
    environment: Environment,
    unread: Callable[[PipelinekitError], None],
) -> None:
    """The same, of a release of an application or of a component; `unread` is told why it could not be."""
    try:
        history, common = read(ledger(), release.team, release.name)
    except PipelinekitError as error:
        unread(error)
        return
    case = Case(
        release=release,
        environment=environment,
        before=None,
        history=history,
        common=common,
        clock=clock(each.zone for each in environment.freeze),
        plan=PromotionPlan(
            team=release.team,
            name=release.name,
            version=release.version,
            environment=environment.name,
            parts={},
        ),
        asker=Writer(role="embedded"),
    )
    closed = stopped(case)
    if closed:
        raise Refused(*faults(case, closed, environment.name))


def unknown(environment: Environment, error: PipelinekitError) -> str:
    """What is said where the ledger cannot be read."""
    return f"whether {environment.name} is held or frozen is not known: {error.faults[0].problem}"
