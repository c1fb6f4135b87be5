"""Plain scalars as YAML 1.2's core schema takes them, and those that readers of YAML 1.1 take differently."""

from __future__ import annotations

import re
from typing import Any

TAG = "tag:yaml.org,2002:"

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_OTHER_BASE = re.compile(r"[-+]?(0[0-9_]+|0[xob][0-9A-Fa-f_]+)\Z")
_OLD_BOOLEAN = frozenset(
    each for word in ("y", "n", "yes", "no", "on", "off") for each in (word, word.title(), word.upper())
)
NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_LONGEST_WORD = 5
"""Letters of the longest word that is no text."""

IMPLIED = {"timestamp": "a date", "value": "a default value", "merge": "a merge key"}
"""What YAML 1.1 sees in some plain scalars that are text in YAML 1.2."""


def is_word(text: str) -> bool:
    """Whether it is text to everybody, told by its first character and its length alone."""
    return len(text) > _LONGEST_WORD and text[0].isalpha()


def plain(text: str) -> tuple[Any, str]:
    """What a plain scalar is in YAML 1.2, and the name of its kind."""
    if text in NULL:
        return None, "null"
    if text in _TRUE or text in _FALSE:
        return text in _TRUE, "bool"
    if _INT.match(text):
        return int(text) if len(text) < 20 else text, "int"
    if _FLOAT.match(text):
        return float(text), "float"
    return text, "str"


def ambiguous(text: str, kind: str, tag: str) -> tuple[str, str]:
    """Why readers differ on a plain scalar, and what to write; both empty where they agree.

    `kind` is what YAML 1.2 says that it is, `tag` what YAML 1.1 does.
    """
    other, hint = tag.removeprefix(TAG), f'write "{text}" for text'
    if _OTHER_BASE.match(text):
        return "a number to some readers of YAML, in another base to others", hint
    if text in _OLD_BOOLEAN:
        return "a boolean to some readers of YAML and text to others", f"{hint}, or true or false"
    if other != kind and other in {"str", "int", "float", *IMPLIED}:
        return f"{IMPLIED.get(other, 'a number')} to some readers of YAML and text to others", hint
    return "", ""
