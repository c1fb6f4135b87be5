"""The Docker engine: the one that answers already, or our own with every trace in the state folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.testbed import network, packages
from tests.testbed.command import succeeds
from tests.testbed.processes import Program
from tests.testbed.record import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.layout import Layout


def answers(env: Mapping[str, str] | None = None) -> bool:
    """Whether the docker client reaches an engine; `env` is added to this process's environment."""
    client = packages.program("docker")
    return client is not None and succeeds([client, "version"], env=env, timeout=10)


def program(layout: Layout) -> Program:
    """Writes our engine's settings; what to start."""
    home = layout.state / "docker"
    settings = "{}\n"
    # A file of our own, or the engine would read the one in /etc.
    write(home / "daemon.json", settings)
    return Program(
        argv=(
            packages.required("dockerd"),
            f"--host=unix://{layout.docker_socket}",
            f"--config-file={home / 'daemon.json'}",
            f"--data-root={home / 'data'}",
            f"--exec-root={home / 'run'}",
            f"--pidfile={home / 'pid'}",
            f"--cgroup-parent=/{network.CGROUP}",
            "--log-level=warn",
        ),
        reads=(settings,),
    )


def environment(layout: Layout, *, ours: bool) -> Mapping[str, str]:
    """What the docker client needs to reach the engine."""
    return {"DOCKER_HOST": f"unix://{layout.docker_socket}"} if ours else {}
