"""Values in the form of Helm's `--set`: `a.b=1,list[0]=x,words={p,q}`, a backslash before a plain comma."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, Place

LONGEST_LIST = 1000
"""Items that an index may make."""
_TYPED: dict[str, Any] = {"true": True, "false": False, "null": None}


def read_sets(lines: Iterable[str], origin: str, path: str = "set") -> dict[str, Any]:
    """All of them as one mapping, later ones on top; raises `DocumentInvalid` for what is no assignment."""
    values: dict[str, Any] = {}
    for line in lines:
        for part in _split(line, ","):
            name, equals, text = _cut(part)
            if not equals or not name.strip():
                raise _fault(origin, path, f"'{part[:60]}' is no NAME=VALUE")
            try:
                _put(values, _keys(name), _value(text))
            except (ValueError, TypeError) as error:
                raise _fault(origin, path, f"'{part[:60]}': {error}") from error
    return values


def _fault(origin: str, path: str, problem: str) -> DocumentInvalid:
    hint = "as for `helm --set`: ingress.enabled=true, list[0]=x, words={a,b}"
    return DocumentInvalid(Fault("bad-set", problem, Place(origin), path, hint))


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that are neither escaped nor inside braces; escapes stay."""
    parts, depth, at, start = [], 0, 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
        elif text[at] == separator and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def _cut(part: str) -> tuple[str, str, str]:
    name, *rest = _split(part, "=")
    return name, "=" if rest else "", "=".join(rest)


def _keys(name: str) -> list[str | int]:
    keys: list[str | int] = []
    for part in _split(name.strip(), "."):
        match = re.fullmatch(r"((?:\\.|[^\[\]])*)((?:\[[0-9]{1,6}\])*)", part)
        if match is None or not (match[1] or match[2]):
            raise ValueError("no name of a value")
        if match[1]:
            keys.append(_plain(match[1]))
        keys += [int(each) for each in re.findall(r"\[([0-9]+)\]", match[2])]
    if name.strip().startswith("["):
        raise ValueError("begins with an index")
    if any(isinstance(each, int) and each >= LONGEST_LIST for each in keys):
        raise ValueError(f"an index is below {LONGEST_LIST}")
    return keys


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _value(text: str) -> Any:
    if text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
        return [_value(each) for each in _split(inner, ",")] if inner else []
    if text in _TYPED:
        return _TYPED[text]
    # As Helm: a number with a zero in front is a text.
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text):
        return int(text)
    return _plain(text)


def _put(values: dict[str, Any], keys: list[str | int], value: Any) -> None:
    here: Any = values
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        made: Any = value if following is None else ([] if isinstance(following, int) else {})
        if isinstance(key, int):
            if not isinstance(here, list):
                raise TypeError("is a list in one place and no list in another")
            here.extend([None] * (key + 1 - len(here)))
        elif not isinstance(here, dict):
            raise TypeError("is a mapping in one place and none in another")
        there = here[key] if isinstance(key, int) else here.get(key)
        if following is None or not isinstance(there, list | dict):
            here[key] = made
            there = made
        here = there
