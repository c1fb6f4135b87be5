"""The registries that a build reads from: those that it may need a login for."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.disk.files import read_bytes
from pipelinekit.model.release import BuildPlan
from pipelinekit.plan.inputs import image_reference
from pipelinekit.reading.docker.dockerfile import bases


def hosts_of(plan: BuildPlan, context: Path) -> list[str]:
    """Their names, with ports: of the base images, as written and as pinned, and of the cache."""
    text = read_bytes(context / plan.dockerfile).decode(errors="replace")
    named = {image_reference(each).registry for each in (*bases(text, plan.args), *plan.pinned.values())}
    return sorted(named | {plan.cache.split("/")[0]} - {""})
