"""Which container engine builds here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import programs
from pipelinekit.errors import Fault, ToolMissing, refused, usage
from pipelinekit.model.release import Credentials
from pipelinekit.plan.versions.pullrequests import ALLOW
from pipelinekit.ports import Live, nobody

if TYPE_CHECKING:
    from pipelinekit.adapters.build.buildah import BuildahEngine
    from pipelinekit.adapters.build.docker import DockerEngine

_ALL_USERS = "4294967295"
"""As many users as the first user namespace has."""
_CAP_SYS_ADMIN = 1 << 21
CHOICE = "PIPELINEKIT_ENGINE"
"""The explicit word: docker or buildah."""


def choose(
    environment: Mapping[str, str],
    registry: OciRegistry,
    login: Callable[[str], Credentials | None],
    live: Live = nobody,
    *,
    stranger: bool = False,
) -> DockerEngine | BuildahEngine:
    """The engine that was asked for, else Docker's when one answers, else buildah.

    DOCKER_HOST asks for Docker's: what somebody has named is not replaced behind their back. Raises
    `ToolMissing` when there is none, and, when a `stranger` builds, `Refused` for one that would not keep
    the steps of a Dockerfile from the machine.
    """
    from pipelinekit.adapters.build.docker import DockerEngine

    word = environment.get(CHOICE, "")
    if word not in {"", "docker", "buildah"}:
        raise usage(
            "engine-unknown", f"{CHOICE} is '{word}'", hint="docker or buildah; unset, it is found out"
        )
    docker = DockerEngine(login, live=live)
    if word == "docker" or (environment.get("DOCKER_HOST") and not word):
        return docker
    from pipelinekit.adapters.build.buildah import BuildahEngine

    if word == "buildah":
        programs.find("buildah")
        _check_wall(stranger=stranger)
        return BuildahEngine(registry, login, environment)
    try:
        docker.client  # noqa: B018 - connects
    except ToolMissing as error:
        try:
            programs.find("buildah")
        except ToolMissing:
            fault = error.faults[0]
            hint = f"{fault.hint}; or buildah, which needs no engine: {programs.GET['buildah']}"
            raise ToolMissing(Fault(fault.code, fault.problem, hint=hint)) from error
        _check_wall(stranger=stranger)
        return BuildahEngine(registry, login, environment)
    return docker


def require_answer(environment: Mapping[str, str], seconds: float) -> None:
    """Raise `ToolMissing` where Docker's engine would build, and does not answer within so many seconds.

    Where buildah builds there is nobody to ask.
    """
    import docker

    from pipelinekit.adapters.build.trouble import silent, unanswered

    word, host = environment.get(CHOICE, ""), environment.get("DOCKER_HOST", "")
    if word == "buildah":
        return
    try:
        # To connect asks it for its version.
        docker.from_env(timeout=int(seconds), environment=dict(environment)).close()
    except unanswered() as error:
        if not (word or host):
            with contextlib.suppress(ToolMissing):
                programs.find("buildah")
                return
        raise ToolMissing(silent(error, host)) from error


def _check_wall(*, stranger: bool) -> None:
    if stranger and _is_bare_root():
        raise refused(
            "no-wall",
            "buildah as root of this machine, without a user namespace, is no wall against a pull request",
            hint="run the agent as another user or in a pod, or give it a Docker engine; "
            f"{ALLOW} lets pull requests reach the agent",
        )


def _is_bare_root() -> bool:
    """Whether buildah would build as this machine's own root: with all its rights it makes no namespace."""
    if os.geteuid():
        return False
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    outside = Path("/proc/self/uid_map").read_text().split() == ["0", "0", _ALL_USERS]
    return outside and bool(int(status["CapEff"], 16) & _CAP_SYS_ADMIN)
