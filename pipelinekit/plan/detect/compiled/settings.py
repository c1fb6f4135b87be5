"""Java's settings: `application.properties` and `application.yml` as one form of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelinekit.plan.detect.signs import Texts

_FILE = re.compile(r"(^|/)(?:application|bootstrap)(?:-(?P<profile>[\w-]+))?\.(?:properties|ya?ml)$")
_KEY = re.compile(r"^([ ]*)(?:\"([^\"\n]+)\"|'([^'\n]+)'|([\w.-]+))[ ]*:(?:[ ]+(.*))?$")
_MARKS = re.compile(r"^(?:[&!]\S*[ ]*)+")
"""An anchor and a type, which stand before a value or a mapping."""
_PROPERTY = re.compile(r"^[ \t]*([\w.\[\]-]+)[ \t]*[=:][ \t]*(.*)$")
_PROFILE = re.compile(r"spring\.(?:config\.activate\.on-profile|profiles)=")


def lines(texts: Texts) -> str:
    """`key=value`, one a line, of all settings, what counts first: those of the profiles that the settings
    themselves make active, then the shallowest file's. Those of other profiles are left out."""
    return "\n".join(each for profile in (*reversed(profiles(texts)), "") for each in _of(texts, profile))


def profiles(texts: Texts) -> tuple[str, ...]:
    """The profiles that are active unless somebody says others where it runs."""
    active = _value("\n".join(_of(texts, "")), "spring.profiles.active")
    names = [each.strip() for each in active.split(",")]
    return tuple(each for each in names if re.fullmatch(r"[\w-]+", each))


def said(texts: Texts, *keys: str) -> str:
    """The first value of a key, a placeholder's default included; empty without one."""
    whole = lines(texts)
    return next((value for key in keys if (value := _value(whole, key))), "")


def _value(whole: str, key: str) -> str:
    found = re.search(rf"^{re.escape(key)}=(.*)$", whole, re.MULTILINE)
    placeholder = re.fullmatch(r"\$\{[\w.-]+:([^{}]*)\}", found[1]) if found else None
    return placeholder[1] if placeholder else found[1] if found else ""


def _of(texts: Texts, profile: str) -> Iterator[str]:
    """The settings of a profile, or of none: of its own files, and of its parts of the others."""
    for path in sorted(texts, key=lambda each: (each.count("/"), each)):
        named = _FILE.search(path)
        own = named["profile"] or "" if named else None
        if own is None or own not in {"", profile}:
            continue
        for document in _documents(path, texts[path].lstrip("\ufeff")):
            wanted = [each.partition("=")[2] for each in document if _PROFILE.match(each)]
            if profile in (re.split(r"\s*,\s*", wanted[0]) if wanted else [own]):
                yield from document


def _documents(path: str, text: str) -> Iterator[list[str]]:
    split = r"^---[ \t\r]*(?:#.*)?$" if path.endswith(("yml", "yaml")) else r"^#---[ \t\r]*$"
    for document in re.split(split, text, flags=re.MULTILINE):
        yield [*(_properties(document) if path.endswith("properties") else _yaml(document))]


def _properties(text: str) -> Iterator[str]:
    for line in text.splitlines():
        found = _PROPERTY.match(line)
        if found:
            yield f"{found[1]}={found[2].strip()}"


def _yaml(text: str) -> Iterator[str]:
    """Mappings of plain keys, which settings are; whatever else stands there says nothing."""
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        found = _KEY.match(line.rstrip())
        if not found:
            continue
        depth = len(found[1])
        while above and above[-1][0] >= depth:
            above.pop()
        key = ".".join([*(each for _, each in above[-20:]), found[2] or found[3] or found[4]])
        value = re.sub(r"(?<! )[ ]+#.*$", "", _MARKS.sub("", found[5] or "")).strip()
        # Below a text of several lines nothing is a key of its own.
        if value and value[0] not in "#|>":
            yield f"{key}={_plain(value)}"
        else:
            above.append((depth, found[2] or found[3] or found[4]))


def _plain(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
