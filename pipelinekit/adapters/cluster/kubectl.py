"""kubectl, in one namespace of one cluster."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.adapters import process
from pipelinekit.model.release import Target


def run(
    env: Mapping[str, str], target: Target, *arguments: str, stdin: str | None = None
) -> process.Completed:
    """Run kubectl in the target's namespace, whatever its exit code; it gives up after twenty seconds."""
    context = ["--context", target.context] if target.context else []
    return process.run(
        ["kubectl", *arguments, "--namespace", target.namespace, "--request-timeout", "20s", *context],
        env=env,
        stdin=stdin,
        timeout=60,
    )
