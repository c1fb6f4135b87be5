"""A home of its own for each verb that a pipeline calls, which is gone when the verb is.

An agent that is not thrown away keeps its home from build to build. What one build leaves there (a
configuration of git, a login, a cache) must not be read by the next one, which may hold more. Where engines
keep their images, and what administrators have set for containers and Helm, is told to them explicitly.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import site
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelinekit.adapters.disk import private
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.model.jenkins.agent import BUILDAH_STORE

_HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_STORE_SET = re.compile(r"^\s*(graphroot|rootless_storage_path)\s*=", re.MULTILINE)


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """For the block, this process and what it starts are at home in a new folder.

    A pull request (`CHANGE_ID`) finds no login of the agent's there.
    """
    before = dict(os.environ)
    with private.folder() as folder:
        changes = moved(before, folder, pull_request=bool(before.get("CHANGE_ID")))
        for name in _HOMES:
            os.environ.pop(name, None)
        os.environ.update(changes)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def moved(environment: Mapping[str, str], folder: Path, *, pull_request: bool) -> dict[str, str]:
    """The variables of a life in `folder`; what is set already, and not below a home, stays as it is."""
    old = Path(environment.get("HOME") or "/")
    config = Path(environment.get("XDG_CONFIG_HOME") or old / ".config")
    data = Path(environment.get("XDG_DATA_HOME") or old / ".local/share")
    wanted = {
        "BUILDX_CONFIG": dockerconfig.usual(environment) / "buildx",
        "CONTAINERS_REGISTRIES_CONF": _there(config / "containers/registries.conf"),
        "CONTAINERS_STORAGE_CONF": _there(config / "containers/storage.conf"),
        "PYTHONUSERBASE": _there(Path(site.getuserbase())),
        BUILDAH_STORE: _store(config / "containers/storage.conf", data),
    }
    policy = config / "containers/policy.json"
    if policy.is_file():
        (folder / ".config/containers").mkdir(parents=True)
        shutil.copyfile(policy, folder / ".config/containers/policy.json")
    if not pull_request:
        wanted |= {
            "DOCKER_CONFIG": dockerconfig.usual(environment),
            "HELM_CONFIG_HOME": _there(config / "helm"),
            "HELM_DATA_HOME": _there(data / "helm"),
            "KUBECONFIG": _there(old / ".kube/config"),
        }
    changes = {name: str(value) for name, value in wanted.items() if value and not environment.get(name)}
    return {**changes, **(_without_logins(environment, folder) if pull_request else {}), "HOME": str(folder)}


def _without_logins(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    docker = folder / ".docker"
    write_atomic(docker / dockerconfig.FILE, json.dumps(dockerconfig.settings(environment)), mode=0o600)
    return {"DOCKER_CONFIG": str(docker), "REGISTRY_AUTH_FILE": str(docker / dockerconfig.FILE)}


def _there(path: Path) -> Path | None:
    return path if path.exists() else None


def _store(settings: Path, data: Path) -> Path | None:
    """Where buildah keeps the images of a user who is not root, unless a file says where."""
    text = settings.read_text(errors="replace") if settings.is_file() else ""
    return None if os.geteuid() == 0 or _STORE_SET.search(text) else data / "containers/storage"
