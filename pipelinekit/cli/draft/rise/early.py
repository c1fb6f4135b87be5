"""What an `up` begins before it knows whether it needs it: a Helm that waits, a look at what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from pipelinekit.errors import PipelinekitError
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.deploying.deployment import RUNNING, Found, compared

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import ReleaseState, Target
    from pipelinekit.steps.innerloop.release import Chart

T = TypeVar("T")


def tried(begin: Callable[[], T]) -> T | None:
    """What it gives; None where it fails, which is said when its turn has come."""
    with suppress(OSError, PipelinekitError):
        return begin()
    return None


@contextmanager
def helm(here: Draft, target: Target, chart: Chart, timeout: int) -> Iterator[None]:
    """With a Helm that waits while the image is made; what goes wrong with it, Helm says again."""
    with ExitStack() as stack:
        given = (target, chart.folder, release_steps.LAYERS)
        tried(lambda: stack.enter_context(here.helm.ready(*given, timeout=timeout)))
        yield


def look(here: Draft, target: Target, state: ReleaseState | None) -> Future[Found | None]:
    """How the objects of what is installed stand, asked beside what follows; None where that is not told."""
    pool = ThreadPoolExecutor(1)
    found = pool.submit(_looked, here, target, state)
    pool.shutdown(wait=False)
    return found


def _looked(here: Draft, target: Target, state: ReleaseState | None) -> Found | None:
    if state is None or state.status != RUNNING:
        return None
    objects = here.objects
    return tried(lambda: compared(target, state, objects))


def still_good(
    here: Draft, target: Target, chart: Chart, timeout: int, looked: Future[Found | None]
) -> Found | None:
    """What was seen, where it is no older than what the Helm that waits has seen and may go on with."""
    given = (target, chart.folder, release_steps.LAYERS)
    return looked.result() if here.helm.is_ready(*given, timeout=timeout) else None
