"""A wait for pods, with a clock and a cluster of its own, and what may be wrong there."""

from __future__ import annotations

from collections.abc import Callable

from pipelinekit.errors import Fault, ToolFailed
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.deploying.patience import Patience
from tests import examples
from tests.doubles import Cluster

DEV = examples.target()
LATE = Trouble(subject="pod a", problem="secret x is not there", awaited="secret x", patience=60)
FINAL = Trouble(subject="pod b", problem="the registry has no such image", final=True)
SLOW = Trouble(subject="pod c", problem="web runs, but is not ready: readiness probe /healthz on 8080: 404")
DEAD = Trouble(subject="pod d", problem="web ended with exit code 1", container="web", restarts=1)


class Waiting:
    """A wait with a clock of its own."""

    def __init__(self, *wrong: Trouble, elsewhere: Callable[[], tuple[str, ...]] = tuple) -> None:
        self.now = 1000.0
        self.said: list[str] = []
        self.cluster = Cluster(wrong=list(wrong))
        given = (DEV, self.cluster, self.said.append, 300, lambda: self.now)
        self.patience = Patience(*given, elsewhere=elsewhere)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def after(self, seconds: float) -> bool:
        self.now += seconds
        return self.patience.hopeless()

    def fails(self, *words: str) -> tuple[Fault, ...]:
        error = ToolFailed(*(Fault("deploy-failed", each) for each in words or ("helm: context canceled",)))
        return self.patience.failure(error).faults
