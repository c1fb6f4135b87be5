"""draft.toml: one of its environments, every key known and honoured, or refused by name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.draft import DEVELOPMENT, Settings
from pipelinekit.names import nearest
from pipelinekit.reading.draft.sets import read_sets

FILE = "draft.toml"
MOST = 1024 * 1024
"""Characters of such a file."""

LONGEST_NAME, LONGEST = 255, 1024
"""Bytes of a file's name, and of a path inside the folder: no disk takes more of the one."""

_GONE = {
    "resource-group-name": "Azure's container builder is not driven; remove the key",
    "build-tar": "the context is read from the folder; remove the key",
    "chart-tar": "the chart is read from the folder; `chart` names it under charts/",
}
"""Keys that classic Draft knew and that are refused where they say something."""


def read_settings(text: str, environment: str, origin: str = FILE) -> Settings:
    """The environment of that name; raises `DocumentInvalid` with all faults of the file."""
    data = parsed(text, origin)
    others = [key for key in data if key != "environments"]
    faults = [_unknown(text, origin, key, key, ("environments",)) for key in others]
    tables = data.get("environments", {})
    if not isinstance(tables, dict) or not all(isinstance(each, dict) for each in tables.values()):
        raise DocumentInvalid(
            *faults, Fault("bad-type", "expected [environments.NAME]", Place(origin), "environments")
        )
    found = {name: _settings(text, origin, name, table, faults) for name, table in tables.items()}
    if faults:
        raise DocumentInvalid(*faults)
    if environment not in found:
        if environment == DEVELOPMENT and not found:
            return Settings()
        hint = f"it has: {', '.join(found) or 'none'}; -e NAME (or DRAFT_ENV) chooses"
        problem = f"there is no environment '{environment}'"
        raise DocumentInvalid(Fault("environment-unknown", problem, Place(origin), hint=hint))
    return found[environment]


def parsed(text: str, origin: str) -> dict[str, Any]:
    """A TOML text as a mapping; `DocumentInvalid` with the line where it is none."""
    if len(text) > MOST:
        raise DocumentInvalid(Fault("document-too-large", f"more than {MOST} characters", Place(origin)))
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(origin, int(match[1]), int(match[2])) if match else Place(origin)
        problem = re.sub(r" \(at .*\)$|: value has .*$", "", str(error))
        raise DocumentInvalid(Fault("toml-syntax", problem, place)) from error


def _settings(text: str, origin: str, name: str, table: Mapping[str, Any], faults: list[Fault]) -> Settings:
    given: dict[str, Any] = {}
    for key, value in table.items():
        path = f"environments.{name}.{key}"
        place = Place(origin, _line(text, name, key))
        problem, hint = _judged(key, value)
        if key not in KEYS and key not in _GONE:
            faults.append(_unknown(text, origin, key, path, (*KEYS, *_GONE), name))
        elif problem:
            faults.append(Fault("draft-key", problem, place, path, hint))
        elif key in _FIELDS:
            faults += _unset(value, place, path) if key == "set" else ()
            given[_FIELDS[key]] = tuple(value) if isinstance(value, list) else value
    if name_given := given.get("name"):
        given["name"] = str(name_given).lower()
    return Settings(**given)


def _judged(key: str, value: Any) -> tuple[str, str]:
    """What is wrong with a key's value, and what to do; both empty when nothing is."""
    if key in _GONE:
        return (f"'{key}' is not supported", _GONE[key]) if value else ("", "")
    if key not in KEYS:
        return "", ""
    check, rule = KEYS[key]
    return ("", "") if check(value) else ("is not taken", rule)


def _unset(lines: list[str], place: Place, path: str) -> tuple[Fault, ...]:
    """What Helm would not take of them, said before anything is done for a copy."""
    try:
        read_sets(lines, place.origin, path)
    except DocumentInvalid as error:
        return tuple(replace(each, place=place) for each in error.faults)
    return ()


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\x00" not in value and "\n" not in value


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_text(each) for each in value)


def _name(value: Any) -> bool:
    return value == "" or (_text(value) and names.is_label(value.lower(), names.APPLICATION_MAX))


def _registry(value: Any) -> bool:
    return value == "" or (_text(value) and not names.host_fault(value.strip("/")))


def _inside(value: Any) -> bool:
    if not _text(value) or value.startswith("/") or len(value.encode()) > LONGEST:
        return False
    return all(each != ".." and len(each.encode()) <= LONGEST_NAME for each in value.split("/"))


def _ports(value: Any) -> bool:
    found = [re.fullmatch(r"([0-9]{1,5}):([0-9]{1,5})", each) for each in value] if _texts(value) else [None]
    pairs = [(int(each[1]), int(each[2])) for each in found if each]
    ports = {port for pair in pairs for port in pair}
    return len({local for local, _ in pairs}) == len(found) and all(0 < each < 65536 for each in ports)


def _tags(value: Any) -> bool:
    return _texts(value) and all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", each) for each in value)


def _arguments(value: Any) -> bool:
    return isinstance(value, dict) and all(
        re.fullmatch(names.ENVIRONMENT_VARIABLE_PATTERN, key) and isinstance(each, str) and "\x00" not in each
        for key, each in value.items()
    )


_PATH = f"a path inside the folder, of at most {LONGEST} bytes"
KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (_name, f"{names.LABEL_RULE}; at most {names.APPLICATION_MAX}"),
    "container-builder": (lambda value: value in ("", "docker"), "the engine is found out; remove the key"),
    "registry": (_registry, "host, host:port or host:port/path, without http://"),
    "namespace": (
        lambda value: value == "" or (_text(value) and names.is_namespace(value)),
        names.NAMESPACE_RULE,
    ),
    "set": (_texts, 'a list of texts: ["ingress.enabled=true"]'),
    "wait": (lambda value: value is True, "`draft up` says what is true: it always waits; remove the key"),
    "watch": (lambda value: isinstance(value, bool), "true or false"),
    "watch-delay": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 600,
        "seconds, 0 to 600",
    ),
    "override-ports": (_ports, 'a list of LOCAL:REMOTE, 1 to 65535, each LOCAL once: ["8080:80"]'),
    "auto-connect": (lambda value: isinstance(value, bool), "true or false"),
    "custom-tags": (_tags, "a list of tags: letters, digits and . _ -"),
    "dockerfile": (
        lambda value: value == "" or _inside(value),
        _PATH,
    ),
    "chart": (lambda value: value == "" or (_inside(value) and "/" not in value), "a folder below charts/"),
    "image-build-args": (_arguments, "variables with texts"),
}
"""Every key that is honoured: what it takes, and that rule in words."""

_FIELDS = {key: key.replace("-", "_") for key in KEYS if key not in {"container-builder", "wait"}}


def _unknown(text: str, origin: str, key: str, path: str, known: tuple[str, ...], table: str = "") -> Fault:
    place = Place(origin, _line(text, table, key))
    return Fault("unknown-key", f"there is no key '{key}'", place, path, nearest(key, known))


def _line(text: str, table: str, key: str) -> int | None:
    """The line on which a table has a key, as far as it is written plainly."""
    inside = not table
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"\s*\[([^\[\]]+)\]", line):
            inside = match[1].replace(" ", "") in {f"environments.{table}", f"environments.{table}.{key}"}
            if match[1].split(".")[-1] == key:
                return number
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return None
