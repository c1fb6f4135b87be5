"""Components that the platform no longer has on, and that still run on a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.rollout.component import Component
from pipelinekit.model.rollout.part import Leftover
from pipelinekit.plan.rollout import releases
from pipelinekit.ports import Releases

AT_ONCE = 8
"""How many are asked for together: each may be a process."""


def left(
    off: Iterable[Component], platform: Platform, environment: Environment, installed: Releases
) -> tuple[Leftover, ...]:
    """Those of components that are off which still run, as somebody deployed them by this line.

    What others have installed under the same name is theirs. Raises `ToolFailed` when the cluster does not
    say.
    """
    there = tuple(off)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        targets = [releases.target_of(each, platform, environment) for each in there]
        states = list(pool.map(installed.state, targets))
    return tuple(
        Leftover(component=each, version=releases.marked(state.values, releases.VERSION))
        for each, state in zip(there, states, strict=True)
        if state and releases.marked(state.values, releases.CHART)
    )
