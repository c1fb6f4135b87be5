"""The ways to clusters that a verb keeps open while it works, begun before they are needed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipelinekit.cli.kubeconfigs import kubeconfig

if TYPE_CHECKING:
    from pipelinekit.cli.wiring import Line
    from pipelinekit.model.platform.document import Environment


def opened() -> contextlib.AbstractContextManager[None]:
    """In the block, clusters are asked over ways that stay open."""
    from pipelinekit.adapters.cluster.direct import ways

    return ways.opened()


def begin(here: Line, environments: Iterable[Environment]) -> None:
    """Begin the ways to where the application is in those environments; nothing waits for them."""
    from pipelinekit.adapters.cluster.direct import ways

    for each in environments:
        ways.to(kubeconfig(dict(os.environ)), here.target(each).context)
