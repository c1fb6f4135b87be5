"""buildah's view of registries: the machine's own mirrors and blocks, and the few hosts without TLS.

`--tls-verify=false` would take TLS from every registry that a build reads; a registries.conf says it host by
host.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.errors import Place, failed

VARIABLE = "CONTAINERS_REGISTRIES_CONF"
SYSTEM = Path("/etc/containers")
VENDOR = Path("/usr/share/containers")
LARGEST = 1024 * 1024
SEARCHED = "unqualified-search-registries"
_FIRST_VERSION = ("search", "insecure", "block")
HUB = "docker.io"
"""Where `FROM name` is looked for unless a file says otherwise: Docker's way is what a Dockerfile means."""


def write(folder: Path, plain: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Write a registries.conf into `folder`; the words before buildah's verb that make it count.

    It says what the machine's and the user's files say, and that the hosts of `plain` are without TLS.
    """
    conf, beside = folder / "registries.conf", folder / "registries.conf.d"
    # Its own drop-ins are in the file already; read once more, they would be laid over it.
    beside.mkdir()
    write_atomic(conf, text(without_tls(machine(environment), plain)))
    return ["--registries-conf", str(conf), "--registries-conf-dir", str(beside)]


def machine(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the files of this machine and this user say, as one document; the later word counts."""
    home = Path(environment.get("HOME") or Path.home())
    mine = Path(environment.get("XDG_CONFIG_HOME") or home / ".config", "containers")
    named = environment.get(VARIABLE, "")
    choices = [Path(named)] if named else [each / "registries.conf" for each in (mine, SYSTEM, VENDOR)]
    first = next((each for each in choices if each.is_file()), None)
    folders = [each / "registries.conf.d" for each in (VENDOR, SYSTEM, mine)]
    drops = sorted((path for each in folders for path in each.glob("*.conf")), key=lambda path: path.name)
    return merged(_read(each) for each in ([first] if first else []) + drops)


def merged(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Documents over each other: keys replace keys, aliases are joined, registries by their prefix."""
    made: dict[str, Any] = {SEARCHED: [HUB]}
    registries: dict[str, dict[str, Any]] = {}
    for document in map(_second_version, documents):
        for key, value in document.items():
            if key == "registry":
                registries |= {_prefix(each): each for each in value if isinstance(each, dict)}
            elif key == "aliases" and isinstance(value, dict):
                made[key] = {**made.get(key, {}), **value}
            else:
                made[key] = value
    return {**made, "registry": list(registries.values())}


def without_tls(document: dict[str, Any], plain: Iterable[str]) -> dict[str, Any]:
    """The document with these hosts, and no other, made insecure beside those that it names itself."""
    hosts = sorted(set(plain))
    listed = [_loosened(each, hosts) for each in document.get("registry", ())]
    there = {_prefix(each) for each in listed}
    more = [{"location": host, "insecure": True} for host in hosts if host not in there]
    return {**document, "registry": [*listed, *more]}


def text(document: Mapping[str, Any]) -> str:
    """The document as TOML, a line a key."""
    return "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in document.items())


def _loosened(entry: dict[str, Any], hosts: list[str]) -> dict[str, Any]:
    location = str(entry.get("location") or entry.get("prefix") or "")
    made = {**entry, "insecure": True} if location.split("/")[0] in hosts else dict(entry)
    if isinstance(entry.get("mirror"), list):
        made["mirror"] = [_loosened(each, hosts) for each in entry["mirror"] if isinstance(each, dict)]
    return made


def _prefix(entry: Mapping[str, Any]) -> str:
    return str(entry.get("prefix") or entry.get("location") or "")


def _second_version(document: dict[str, Any]) -> dict[str, Any]:
    """A file of the first version (`[registries.search]` and the like) in the words of the second."""
    old = document.get("registries")
    if not isinstance(old, dict):
        return document

    def hosts(kind: str) -> list[str]:
        found = old.get(kind, {}).get("registries", [])
        return [str(each) for each in found]

    entries: dict[str, dict[str, Any]] = {}
    for kind, key in (("insecure", "insecure"), ("block", "blocked")):
        for host in hosts(kind):
            entries.setdefault(host, {"location": host})[key] = True
    rest = {key: value for key, value in document.items() if key != "registries"}
    return {**rest, SEARCHED: hosts("search"), "registry": list(entries.values())}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            found = tomllib.loads(stream.read(LARGEST).decode())
        _require_shape(found)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise failed("registries-conf", f"cannot be read: {error}", place=Place(str(path))) from error
    return found


def _require_shape(document: dict[str, Any]) -> None:
    """Raise `TypeError` where something else stands at a key than what is looked for there."""
    _table(document, "aliases")
    old = _table(document, "registries")
    lists = {f"registries.{kind}": _table(old, kind).get("registries", []) for kind in _FIRST_VERSION}
    for key, each in {**lists, "registry": document.get("registry", [])}.items():
        if not isinstance(each, list):
            raise TypeError(f"{key} is no list")


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, dict):
        raise TypeError(f"{key} is no table")
    return found


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{json.dumps(str(key))} = {_value(each)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return str(value)
    # What JSON escapes, TOML escapes alike, but for DEL.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
