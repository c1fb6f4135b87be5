"""What configuration-as-code reads at a start, as the plugin's documentation has it: files and references."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

_REFERENCE = re.compile(r"(\^?)\$\{([^}]*)\}")


class Wrong(Exception):
    """The configuration is none that a controller begins with."""


def read(folder: Path, secrets: Path) -> dict[str, Any]:
    """The files of a folder as one, with what they refer to. Raises Wrong where two contradict each other."""
    found: dict[str, Any] = {}
    # A ConfigMap's own folders begin with two dots, and are none of its files.
    for path in sorted(folder.glob("*.yaml")):
        found = _together(found, yaml.safe_load(path.read_text()) or {}, path.name)
    filled: dict[str, Any] = _filled(found, secrets)
    return filled


def _together(one: Any, other: Any, where: str) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        more = {key: _together(one[key], value, where) for key, value in other.items() if key in one}
        return {**one, **other, **more}
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    # Also where both say the same.
    raise Wrong(f"{where} says {other!r} of what is {one!r} already")


def _filled(value: Any, secrets: Path) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, secrets) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, secrets) for each in value]
    return _text(value, secrets) if isinstance(value, str) else value


def _text(value: str, secrets: Path) -> str:
    return _REFERENCE.sub(lambda found: _meant(found, secrets), value)


def _meant(found: re.Match[str], secrets: Path) -> str:
    if found[1]:
        return found[0].removeprefix("^")
    path = secrets / found[2]
    # The real one takes an empty text for it, and warns.
    if not path.is_file():
        raise Wrong(f"there is no {path} for ${{{found[2]}}}")
    # References of a secret are filled too.
    return _text(path.read_text().strip(), secrets)
