"""What hands have changed of a release that the ledger has in an environment: it is to be put back."""

from __future__ import annotations

from pipelinekit.errors import Refused, refused
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan.deploying import deploymentplan
from pipelinekit.plan.gates.nextstep import command
from pipelinekit.steps.deploying.deployment import find
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.survey import Survey


def changed(around: Around, survey: Survey, state: ReleaseState) -> tuple[str, ...]:
    """Each field that the installed chart declares and that is another by now, in words; what cannot be
    compared is said, and counts as it was installed. Of a component rolling it out asks.
    """
    if survey.release.is_component:
        return ()
    standing = find(survey.target, state, around.objects, around.say).standing
    return tuple(deploymentplan.found(standing)) if standing and standing.touched else ()


def refusal(release: Release, environment: str, hands: tuple[str, ...]) -> Refused:
    """The refusal of a way back to what is there already, but for what hands have changed of it."""
    return refused(
        "changed-by-hand",
        f"{release.version} is what {environment} has, changed by hand: {'; '.join(hands)}",
        hint=f"`{command(release, 'promote', environment)}` puts it back, by the gates of {environment}",
    )
