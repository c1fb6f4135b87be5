"""The ways to clusters that a verb keeps open while it works, begun before they are needed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pipelinekit.cli.wiring.kubeconfigs import kubeconfig

if TYPE_CHECKING:
    from pipelinekit.cli.wiring.line import Line
    from pipelinekit.model.platform.document import Environment


def opened() -> contextlib.AbstractContextManager[None]:
    """In the block, clusters are asked over ways that stay open."""
    from pipelinekit.adapters.cluster.direct import ways

    return ways.opened()


def begin(here: Line, environments: Iterable[Environment]) -> None:
    """Begin the ways to where the application is in those environments; nothing waits for them."""
    for each in environments:
        begin_to(kubeconfig(dict(os.environ)), here.target(each).context)


def begin_to(env: Mapping[str, str], context: str) -> None:
    """Begin the way to a kube context of the files that `env` names; nothing waits for it."""
    from pipelinekit.adapters.cluster.direct import ways

    ways.to(env, context)
