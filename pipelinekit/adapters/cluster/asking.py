"""Programs that ask an API server, and get a bounded time for its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.adapters.cluster import answers
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed

LONGEST = 60.0
"""Seconds until an answer is no longer waited for: kubectl asks several times where nothing comes back."""


def ask(
    argv: Sequence[str], where: str, *, env: Mapping[str, str], stdin: str | None = None
) -> process.Completed:
    """Run it, whatever its exit code; `where` is the kube context, or empty for the current one.

    Raises `ToolFailed` with `cluster-unreachable` where it has not ended after a minute: a server that takes
    a connection and says nothing is silent, as one is that takes none.
    """
    try:
        return process.run(argv, env=env, stdin=stdin, timeout=LONGEST)
    except ToolFailed as error:
        if error.faults[0].code != "tool-timeout":
            raise
        raise answers.unreachable(where, error.faults[0].problem) from error
