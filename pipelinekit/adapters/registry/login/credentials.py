"""Where a registry's user and password come from: the environment, or what logins have left.

`PK_REGISTRY_USER` and `PK_REGISTRY_PASSWORD` (for charts `PK_CHARTS_USER` and `PK_CHARTS_PASSWORD`) are
what a pipeline binds. A terminal has what `docker login`, `buildah login` and `helm registry login` left.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters.running import process
from pipelinekit.errors import Place, failed
from pipelinekit.model.release import IDENTITY, Credentials

HUB = "https://index.docker.io/v1/"
"""Under which name Docker Hub's login is kept, everywhere."""
HUB_HOSTS = frozenset(("docker.io", "index.docker.io", "registry-1.docker.io"))
LARGEST = 4 * 1024 * 1024


def for_registry(
    host: str, environment: Mapping[str, str], *, purpose: str = "REGISTRY", own: Iterable[str] | None = None
) -> Credentials | None:
    """The credentials for a registry, or None to go anonymously. `purpose` is REGISTRY or CHARTS.

    What a pipeline binds is for the platform's registries: with `own` (hosts with their ports) it is given to
    no other, and to no other port.
    """
    ours = own is None or _place(host) in {_place(each) for each in own}
    for prefix in dict.fromkeys((f"PK_{purpose}", "PK_REGISTRY")):
        user, password = environment.get(f"{prefix}_USER"), environment.get(f"{prefix}_PASSWORD")
        if ours and user and password:
            return Credentials(user, password)
    found = (from_docker_config(host, each) for each in config_files(environment))
    return next(filter(None, found), None)


def own_hosts(registry: str, mirror: str, others: Iterable[str]) -> tuple[str, ...]:
    """The registries that a platform's login for images is for.

    The mirror is one of them when it is another port of the registry's machine: elsewhere (which is Docker
    Hub when nobody says anything) a login that may push has no business.
    """
    near = [mirror] if mirror and _machine(mirror) == _machine(registry) else []
    return tuple(dict.fromkeys(each for each in (registry, *near, *others) if each))


def _place(host: str) -> str:
    """A host with its port, as one spelling."""
    return re.sub(r":443\Z", "", host.split("/")[0].lower())


def _machine(host: str) -> str:
    return re.sub(r":[0-9]+\Z", "", host.split("/")[0].lower())


def config_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """The files that hold logins, the first word first.

    Whoever sets DOCKER_CONFIG or REGISTRY_AUTH_FILE means these, and nothing that a home directory holds.
    """
    explicit = False
    if folder := environment.get("DOCKER_CONFIG"):
        explicit = True
        yield Path(folder, "config.json")
    if file := environment.get("REGISTRY_AUTH_FILE"):
        yield Path(file)
        return
    if not explicit:
        yield Path.home() / ".docker" / "config.json"
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        yield Path(runtime, "containers", "auth.json")
    if explicit:
        return
    yield Path(f"/run/containers/{os.getuid()}/auth.json")
    settings = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    yield settings / "containers" / "auth.json"
    helm = environment.get("HELM_REGISTRY_CONFIG")
    yield Path(helm) if helm else settings / "helm" / "registry" / "config.json"


def from_docker_config(host: str, path: Path) -> Credentials | None:
    """What a file in Docker's format has for `host`: an entry of its own, or a credential helper."""
    config = _read(path)
    keys = _keys(host)
    helpers = _mapping(config, "credHelpers")
    helper = next((helpers[each] for each in keys if helpers.get(each)), None) or config.get("credsStore")
    if helper:
        found = _ask_helper(str(helper), HUB if _place(host) in HUB_HOSTS else host, path)
        if found:
            return found
    auths = _mapping(config, "auths")
    exact = [each for each in keys if each in auths]
    alike = [each for each in auths if _registry_of(each) in {_registry_of(key) for key in keys}]
    entries = (auths[each] for each in (*exact, *alike))
    logins = (_login(each, host, path) for each in entries if isinstance(each, dict))
    return next(filter(None, logins), None)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            config = json.loads(stream.read(LARGEST))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        if path.parts[:3] == ("/", "run", "containers"):
            return {}
        raise failed("docker-config", f"cannot be read: {error.strerror}", place=Place(str(path))) from error
    except (OSError, ValueError, RecursionError) as error:
        raise failed("docker-config", f"cannot be read: {error}", place=Place(str(path))) from error
    if not isinstance(config, dict):
        raise failed("docker-config", "cannot be read: it is no JSON object", place=Place(str(path)))
    return config


def _mapping(config: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = config.get(key)
    return found if isinstance(found, dict) else {}


def _keys(host: str) -> tuple[str, ...]:
    """The names that Docker knows a registry by; Docker Hub has one that is no host."""
    if _place(host) in HUB_HOSTS:
        return (HUB, *sorted(HUB_HOSTS))
    return (host, f"https://{host}", f"http://{host}")


def _registry_of(key: str) -> str:
    """The host that an entry is for; with another path than that of the API it is for less than the host."""
    bare, _, rest = re.sub(r"^https?://", "", key).partition("/")
    return _place(bare) if rest.strip("/") in {"", "v1", "v2"} else key


def _login(entry: Mapping[str, Any], host: str, path: Path) -> Credentials | None:
    if entry.get("identitytoken"):
        return Credentials(IDENTITY, str(entry["identitytoken"]))
    if entry.get("username") and entry.get("password"):
        return Credentials(str(entry["username"]), str(entry["password"]))
    if not entry.get("auth"):
        return None
    try:
        text = base64.b64decode(str(entry["auth"]), validate=True).decode().rstrip("\0")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise failed("docker-config", f"the entry of {host} is damaged", place=Place(str(path))) from None
    user, _, password = text.partition(":")
    return Credentials(user, password) if user and password else None


def _ask_helper(helper: str, server: str, path: Path) -> Credentials | None:
    done = process.run([f"docker-credential-{helper}", "get"], stdin=server, timeout=30)
    if done.code:
        return None
    try:
        answer = json.loads(done.out)
        return Credentials(str(answer.get("Username") or ""), str(answer.get("Secret") or ""))
    except (ValueError, AttributeError, RecursionError):
        problem = f"the credential helper {helper} does not answer in JSON"
        raise failed("docker-config", problem, place=Place(str(path))) from None
