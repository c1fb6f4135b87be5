"""Where a registry's user and password come from: the environment, or Docker's configuration.

`PK_REGISTRY_USER` and `PK_REGISTRY_PASSWORD` (for charts `PK_CHARTS_USER` and `PK_CHARTS_PASSWORD`) are
what a pipeline binds. A terminal has what `docker login` and `helm registry login` have left.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters import process
from pipelinekit.errors import Place, failed
from pipelinekit.model.release import Credentials


def for_registry(
    host: str, environment: Mapping[str, str], *, purpose: str = "REGISTRY", own: Iterable[str] | None = None
) -> Credentials | None:
    """The credentials for a registry, or None to go anonymously. `purpose` is REGISTRY or CHARTS.

    What a pipeline binds is for the platform's registries: with `own` (their hosts) it is given to no other.
    """
    ours = own is None or _machine(host) in {_machine(each) for each in own}
    for prefix in dict.fromkeys((f"PK_{purpose}", "PK_REGISTRY")):
        user, password = environment.get(f"{prefix}_USER"), environment.get(f"{prefix}_PASSWORD")
        if ours and user and password:
            return Credentials(user, password)
    return from_docker_config(host, _config_file(environment))


def _machine(host: str) -> str:
    """A host without its port: a registry and its mirror are often two ports of one server."""
    return re.sub(r":[0-9]+\Z", "", host.split("/")[0])


def _config_file(environment: Mapping[str, str]) -> Path:
    folder = environment.get("DOCKER_CONFIG")
    return Path(folder, "config.json") if folder else Path.home() / ".docker" / "config.json"


def from_docker_config(host: str, path: Path) -> Credentials | None:
    """What Docker's `config.json` has for `host`: an entry of its own, or a credential helper."""
    try:
        config: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise failed("docker-config", f"cannot be read: {error}", place=Place(str(path))) from error
    helper = config.get("credHelpers", {}).get(host) or config.get("credsStore")
    if helper:
        found = _ask_helper(str(helper), host)
        if found:
            return found
    auths: dict[str, Any] = config.get("auths", {})
    entry = next((auths[name] for name in (host, f"https://{host}", f"http://{host}") if name in auths), None)
    if not entry or not entry.get("auth"):
        return None
    try:
        user, _, password = base64.b64decode(entry["auth"]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise failed("docker-config", f"the entry of {host} is damaged", place=Place(str(path))) from error
    return Credentials(user, password)


def _ask_helper(helper: str, host: str) -> Credentials | None:
    done = process.run([f"docker-credential-{helper}", "get"], stdin=host, timeout=30)
    if done.code:
        return None
    answer = json.loads(done.out)
    return Credentials(answer.get("Username", ""), answer.get("Secret", ""))
