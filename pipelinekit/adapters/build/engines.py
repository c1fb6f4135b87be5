"""Which container engine builds here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipelinekit.adapters import process
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Fault, ToolMissing, usage
from pipelinekit.model.release import Credentials
from pipelinekit.ports import Live, nobody

if TYPE_CHECKING:
    from pipelinekit.adapters.build.buildah import BuildahEngine
    from pipelinekit.adapters.build.docker import DockerEngine

CHOICE = "PIPELINEKIT_ENGINE"
"""The explicit word: docker or buildah."""


def choose(
    environment: Mapping[str, str],
    registry: OciRegistry,
    login: Callable[[str], Credentials | None],
    live: Live = nobody,
) -> DockerEngine | BuildahEngine:
    """The engine that was asked for, else Docker's when one answers, else buildah.

    DOCKER_HOST asks for Docker's: what somebody has named is not replaced behind their back. Raises
    `ToolMissing` when there is none.
    """
    from pipelinekit.adapters.build.buildah import BuildahEngine
    from pipelinekit.adapters.build.docker import DockerEngine

    word = environment.get(CHOICE, "")
    if word not in {"", "docker", "buildah"}:
        raise usage(
            "engine-unknown", f"{CHOICE} is '{word}'", hint="docker or buildah; unset, it is found out"
        )
    docker = DockerEngine(live=live)
    if word == "docker" or (environment.get("DOCKER_HOST") and not word):
        return docker
    if word == "buildah":
        process.find("buildah")
        return BuildahEngine(registry, login, environment)
    try:
        docker.client  # noqa: B018 - connects
    except ToolMissing as error:
        try:
            process.find("buildah")
        except ToolMissing:
            fault = error.faults[0]
            hint = f"{fault.hint}; or buildah, which needs no engine: {process.GET['buildah']}"
            raise ToolMissing(Fault(fault.code, fault.problem, hint=hint)) from error
        return BuildahEngine(registry, login, environment)
    return docker
