"""Credentials for tools that read Docker's configuration: in a file of their own, for as long as they run."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.disk import private
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.registry.login.credentials import HUB, HUB_HOSTS
from pipelinekit.model.release import IDENTITY, Credentials

if TYPE_CHECKING:
    import requests

Login = Callable[[str], Credentials | None]
FILE = "config.json"
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The user beside a token, as registries that give tokens call him."""
_PLUGINS = "cliPluginsExtraDirs"


@contextlib.contextmanager
def written(hosts: Iterable[str], login: Login) -> Iterator[Path]:
    """A folder for `DOCKER_CONFIG` that only we can read, with what we know for those hosts."""
    logins = {host: login(host) for host in sorted({each for each in hosts if each})}
    auths = {HUB if host in HUB_HOSTS else host: entry(each) for host, each in logins.items() if each}
    if HUB in auths:
        # Engines look under the one name, buildah under the other.
        auths["docker.io"] = auths[HUB]
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
    except (OSError, ValueError, RecursionError):
        known = {}
    known = known if isinstance(known, dict) else {}
    more = known.get(_PLUGINS)
    plugins = [str(folder / "cli-plugins"), *(more if isinstance(more, list) else ())]
    return {_PLUGINS: plugins} | ({"proxies": known["proxies"]} if "proxies" in known else {})


def trust(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What makes programs in Go trust the CA that we were told to trust."""
    bundle = environment.get("REQUESTS_CA_BUNDLE", "")
    return {"SSL_CERT_FILE": bundle} if bundle else {}


def entry(login: Credentials) -> dict[str, str]:
    """A login as Docker's configuration has it."""
    if login.user == IDENTITY:
        return {"auth": _basic(f"{NOBODY}:"), "identitytoken": login.password}
    return {"auth": _basic(f"{login.user}:{login.password}")}


def for_engine(login: Credentials | None) -> dict[str, str] | None:
    """A login as the engine's API takes it."""
    if login is None:
        return None
    if login.user == IDENTITY:
        return {"identitytoken": login.password}
    return {"username": login.user, "password": login.password}


def without_netrc(session: requests.Session) -> None:
    """Keep an engine's client from sending what .netrc has for the engine's host, or for any."""
    from pipelinekit.adapters.web.exchange import no_login

    session.auth = no_login


def _basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
