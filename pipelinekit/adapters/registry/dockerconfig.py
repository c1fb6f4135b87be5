"""Credentials for tools that read Docker's configuration: in a file of their own, for as long as they run."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters import private
from pipelinekit.adapters.files import write_atomic
from pipelinekit.model.release import Credentials

Login = Callable[[str], Credentials | None]
FILE = "config.json"
_HUB = "docker.io"
_HUB_KEY = "https://index.docker.io/v1/"
_PLUGINS = "cliPluginsExtraDirs"


@contextlib.contextmanager
def written(hosts: Iterable[str], login: Login) -> Iterator[Path]:
    """A folder for `DOCKER_CONFIG` that only we can read, with what we know for those hosts."""
    logins = {host: login(host) for host in sorted({each for each in hosts if each})}
    auths = {host: {"auth": _basic(each)} for host, each in logins.items() if each}
    if _HUB in auths:
        auths[_HUB_KEY] = auths[_HUB]
    with private.folder() as scratch:
        write_atomic(scratch / FILE, json.dumps({"auths": auths} | settings()), mode=0o600)
        yield scratch


def client(config: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What makes Docker's client use that folder, and the builders that it knows otherwise."""
    builders = environment.get("BUILDX_CONFIG") or str(usual(environment) / "buildx")
    return {"DOCKER_CONFIG": str(config), "BUILDX_CONFIG": builders}


def usual(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of Docker's configuration."""
    named = environment.get("DOCKER_CONFIG")
    return Path(named) if named else Path(environment.get("HOME") or Path.home(), ".docker")


def settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What the usual configuration says beside logins: where plugins are, and proxies."""
    folder = usual(environment)
    try:
        known = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        known = {}
    known = known if isinstance(known, dict) else {}
    more = known.get(_PLUGINS)
    plugins = [str(folder / "cli-plugins"), *(more if isinstance(more, list) else ())]
    return {_PLUGINS: plugins} | ({"proxies": known["proxies"]} if "proxies" in known else {})


def trust(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What makes programs in Go trust the CA that we were told to trust."""
    bundle = environment.get("REQUESTS_CA_BUNDLE", "")
    return {"SSL_CERT_FILE": bundle} if bundle else {}


def _basic(login: Credentials) -> str:
    return base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
