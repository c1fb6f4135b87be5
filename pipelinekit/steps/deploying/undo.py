"""After a deployment that failed: back to what ran, and one sentence on how it was left."""

from __future__ import annotations

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.ports import Cluster, Releases, Say
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.deploying.elsewhere import places
from pipelinekit.steps.deploying.patience import Patience

FAILED = "failed"
UNKNOWN = "it may be applied in part: the next deploy with a login that may takes it over"
LEFT = "nothing ran before: what was made is left for you to look at, and the next deploy goes on from it"


def undo(
    target: Target,
    before: ReleaseState | None,
    releases: Releases,
    cluster: Cluster,
    timeout: int,
    say: Say,
    content: int = 0,
    *,
    watched: bool = True,
) -> str:
    """Roll back what a failed installation has changed; how things stand now, in words.

    `before` is the state before it, `content` the revision that Helm took for good, though it is not. Nothing
    is touched when Helm has changed nothing, or when somebody else has begun meanwhile. Never raises: the
    reason of the failure must come first, whatever happens here.
    """
    try:
        after = releases.state(target)
        if after is None or (before and after.revision <= before.revision):
            return "what ran before is not there any more" if before and not after else "nothing was changed"
        taken = after.revision == content
        if after.status != FAILED and not taken:
            return f"revision {after.revision} is {after.status}: it is left alone, somebody may be at it"
        good = _ran(before) if taken else releases.last_good(target)
    except PipelinekitError as error:
        return f"what runs now could not be asked: {error.faults[0].problem}\n{UNKNOWN}"
    if good is None:
        return LEFT
    say(f"rolling back to revision {good}, which ran before")
    try:
        watch = Patience(target, cluster, say, timeout, elsewhere=lambda: places(after, target.namespace))
        releases.back(target, good, timeout=timeout, hopeless=watch.hopeless, watched=watched)
    except PipelinekitError as error:
        again = f"helm rollback {target.name} {good} {target.for_helm}"
        return f"rolling back to revision {good} failed as well ({error.faults[0].problem})\nlater: {again}"
    return f"rolled back to revision {good}, which runs"


def _ran(before: ReleaseState | None) -> int | None:
    return before.revision if before and before.status == RUNNING else None
