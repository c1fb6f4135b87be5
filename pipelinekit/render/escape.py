"""Escaping, one filter a language: what a value looks like where it can do nothing but be itself.

Each filter gives a complete literal, quotes included, so that a template never adds its own.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any


class Escaped(str):
    """Text that a template may print."""

    __slots__ = ()


def groovy(text: str) -> Escaped:
    """A single-quoted Groovy string: no interpolation, ASCII only, one line.

    A character outside ASCII becomes `\\uXXXX`, two of them above U+FFFF, as Groovy's lexer reads them.
    U+FFFF is a ValueError: however it is written, the lexer takes it for the end of the file.
    """
    return Escaped("'" + "".join(_groovy_character(each) for each in text) + "'")


_GROOVY = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "\\$"}


def _groovy_character(character: str) -> str:
    if character in _GROOVY:
        return _GROOVY[character]
    if " " <= character <= "~":
        return character
    if character == "\uffff":
        raise ValueError("Groovy has no way to write the character U+FFFF")
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def groovy_text(text: str) -> Escaped:
    """A Groovy string over several lines, in three single quotes; nothing is interpolated."""
    lines = "\n".join("".join(map(_groovy_character, line)) for line in text.split("\n"))
    return Escaped(f"'''{lines}'''")


def groovy_arguments(arguments: dict[str, Any]) -> Escaped:
    """Named arguments of a step: texts, booleans and lists of texts."""
    return Escaped(", ".join(f"{plain(name)}: {_groovy_value(value)}" for name, value in arguments.items()))


def groovy_value(value: Any) -> Escaped:
    """A Groovy literal: a text, a boolean, or a list of them."""
    return Escaped(_groovy_value(value))


def _groovy_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_groovy_value(each) for each in value) + "]"
    return groovy(value)


# Not printable in YAML 1.2, or taken for a line break or a byte-order mark.
_YAML_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_YAML_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*\Z")
_YAML_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def yaml(value: Any) -> Escaped:
    """A YAML flow value: any nesting of mappings, lists, texts, whole numbers, booleans and None."""
    if isinstance(value, str):
        return Escaped(_yaml_text(value))
    if isinstance(value, dict):
        pairs = (f"{_yaml_text(str(key))}: {yaml(each)}" for key, each in value.items())
        return Escaped("{" + ", ".join(pairs) + "}")
    if isinstance(value, list | tuple):
        return Escaped("[" + ", ".join(yaml(each) for each in value) + "]")
    return Escaped("null") if value is None else _whole_or_boolean(value)


@lru_cache(maxsize=2048)
def _yaml_text(text: str) -> str:
    # A fleet's locks have the same digests again and again.
    if _YAML_PLAIN.match(text) and text.lower() not in _YAML_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _YAML_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def yaml_block(value: dict[str, Any], indent: int = 0) -> Escaped:
    """A YAML block mapping, one key a line, indented by `indent` spaces; ends with a newline."""
    return Escaped("".join(_block_lines(value, " " * indent)))


def _block_lines(value: dict[str, Any], margin: str) -> list[str]:
    lines: list[str] = []
    for key, each in value.items():
        if isinstance(each, dict) and each:
            lines.append(f"{margin}{_yaml_text(str(key))}:\n")
            lines.extend(_block_lines(each, margin + "  "))
        else:
            lines.append(f"{margin}{_yaml_text(str(key))}: {yaml(each)}\n")
    return lines


def json_value(value: Any) -> Escaped:
    """A JSON value in one line, ASCII only: also a Dockerfile's exec form."""
    return Escaped(json.dumps(value))


def shell(text: str) -> Escaped:
    """A word of a POSIX shell in single quotes. Text without NUL only."""
    if "\0" in text:
        raise ValueError("a shell's word has no NUL")
    return Escaped("'" + text.replace("'", "'\\''") + "'")


def dockerfile(text: str) -> Escaped:
    """A double-quoted Dockerfile word: `ARG NAME="…"`, nothing expanded. One line of text only."""
    if "\n" in text or "\r" in text:
        raise ValueError("a Dockerfile word has no line breaks")
    return Escaped('"' + re.sub(r'([\\"$])', r"\\\1", text) + '"')


def toml(value: Any) -> Escaped:
    """A TOML value: text, whole number, boolean or a list of them."""
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return Escaped(quoted.replace("\x7f", "\\u007f"))
    if isinstance(value, list | tuple):
        return Escaped("[" + ", ".join(toml(each) for each in value) + "]")
    return _whole_or_boolean(value)


def _whole_or_boolean(value: Any) -> Escaped:
    # Readers disagree about other numbers: 1e3 is a text to some of them.
    if not isinstance(value, int):
        raise TypeError(f"no text, whole number or boolean: {value!r}")
    return Escaped(json.dumps(value))


_PLAIN = re.compile(r"[A-Za-z0-9_.:/@+-]*\Z")


def plain(text: str) -> Escaped:
    """A word that needs no quotes in any language; anything else is an error of ours."""
    if not _PLAIN.match(text):
        raise ValueError(f"not a plain word: {text!r}")
    return Escaped(text)


def plain_words(words: list[str]) -> Escaped:
    """Plain words, each with a space before it; nothing when there are none."""
    return Escaped("".join(f" {plain(each)}" for each in words))


def secret_mounts(files: dict[str, str]) -> Escaped:
    """Flags of a Dockerfile's `RUN`: build secrets by id, and the file in which each appears for the step."""
    flags = (f" --mount=type=secret,id={plain(each)},target={plain(file)}" for each, file in files.items())
    return Escaped("".join(flags))


FILTERS = {
    "groovy": groovy,
    "groovy_arguments": groovy_arguments,
    "groovy_text": groovy_text,
    "groovy_value": groovy_value,
    "yaml": yaml,
    "yaml_block": yaml_block,
    "json": json_value,
    "shell": shell,
    "dockerfile": dockerfile,
    "toml": toml,
    "plain": plain,
    "plain_words": plain_words,
    "secret_mounts": secret_mounts,
}
