"""Java's settings: `application.properties` and `application.yml` as one form of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelinekit.plan.detect.signs import Texts

_FILE = re.compile(r"(^|/)(?:application|bootstrap)(?:-(?P<profile>[\w-]+))?\.(?:properties|ya?ml)$")
_KEY = re.compile(r"^([ ]*)(?:\"([^\"\n]+)\"|'([^'\n]+)'|([\w.-]+))[ ]*:(?:[ ]+(.*))?$")
_MARKS = re.compile(r"^(?:[&!]\S*[ ]*)+")
"""An anchor and a type, which stand before a value or a mapping."""
_PROPERTY = re.compile(r"^[ \t]*(%?[\w.\[\]-]+)[ \t]*[=:][ \t]*(.*)$")
_PROFILE = re.compile(r"spring\.(?:config\.activate\.on-profile|profiles)=(.*)")
WORKPLACE = re.compile(
    r"(?:^|[-_,&| ])(?:dev\w*|local\w*|tests?|testing|it|ci|mock\w*|e2e|h2|examples?|default)(?:$|[-_,&| ])",
    re.IGNORECASE,
)
"""Profiles that no deployment has; where a text names several, one of them suffices."""

_FILES, _PARTS, _ACTIVE = 50, 100, 10
"""As many files of settings are read, the shallowest ones, as many documents of each, as many profiles."""
_LONGEST = 300
"""Characters of a key."""


def lines(texts: Texts) -> str:
    """`key=value`, one a line, of all settings, what counts first: those of the profiles that the settings
    themselves make active, then the shallowest file's. Those of other profiles are left out."""
    return "\n".join(each for profile in (*reversed(profiles(texts)), "") for each in _of(texts, profile))


def profiles(texts: Texts) -> tuple[str, ...]:
    """The profiles that are active unless somebody says others where it runs."""
    active = _value("\n".join(_of(texts, "")), "spring.profiles.active")
    names = dict.fromkeys(each.strip() for each in active.split(","))
    return tuple(each for each in names if re.fullmatch(r"[\w-]+", each))[:_ACTIVE]


def said(texts: Texts, *keys: str) -> str:
    """The first value of a key, a placeholder's default included; empty without one.

    Quarkus' own `%prod` goes before the key itself: what is packaged runs in that.
    """
    whole = lines(texts)
    return next((value for key in keys if (value := _value(whole, f"%prod.{key}") or _value(whole, key))), "")


def profiled(texts: Texts, *keys: str) -> Iterator[tuple[str, str, str]]:
    """File, key and value of each of these keys that a profile sets, the shallowest file first.

    Profiles of workplaces and tests are left out: nobody deploys those.
    """
    for path, own in _files(texts):
        for named, document in _documents(path, texts[path]):
            whose = own or named
            if whose and not WORKPLACE.search(whose):
                for each in document:
                    key, _, value = each.partition("=")
                    if key in keys:
                        yield path, key, _default(value)


def _value(whole: str, key: str) -> str:
    found = re.search(rf"^{re.escape(key)}=(.*)$", whole, re.MULTILINE)
    return _default(found[1]) if found else ""


def _default(value: str) -> str:
    placeholder = re.fullmatch(r"\$\{[\w.-]+:([^{}]*)\}", value)
    return placeholder[1] if placeholder else value


def _of(texts: Texts, profile: str) -> Iterator[str]:
    """The settings of a profile, or of none: of its own files, and of its parts of the others."""
    for path, own in _files(texts):
        if own in {"", profile}:
            for named, document in _documents(path, texts[path]):
                if profile in re.split(r"\s*,\s*", named or own):
                    yield from document


def _files(texts: Texts) -> list[tuple[str, str]]:
    """The files of settings, the shallowest first, and whose profile's by its name each is."""
    paths = sorted(filter(_FILE.search, texts), key=lambda each: (each.count("/"), each))
    return [(each, named["profile"] or "") for each in paths[:_FILES] if (named := _FILE.search(each))]


def _profile(document: list[str]) -> str:
    """What says for which profiles a document is; empty where it counts always."""
    return next((found[1] or "?" for each in document if (found := _PROFILE.match(each))), "")


@lru_cache(_FILES)
def _documents(path: str, text: str) -> tuple[tuple[str, list[str]], ...]:
    """Whose profile's each document of a file is, and its lines as `key=value`: each profile asks."""
    split = r"^---[ \t\r]*(?:#.*)?$" if path.endswith(("yml", "yaml")) else r"^#---[ \t\r]*$"
    read = _properties if path.endswith("properties") else _yaml
    parts = re.split(split, text.lstrip("\ufeff"), maxsplit=_PARTS, flags=re.MULTILINE)
    documents = ([*read(each)] for each in parts[:_PARTS])
    return tuple((_profile(each), each) for each in documents)


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
        if len(key) > _LONGEST:
            continue
        value = re.sub(r"(?<! )[ ]+#.*$", "", _MARKS.sub("", found[5] or "")).strip()
        # Below a text of several lines nothing is a key of its own.
        if value and value[0] not in "#|>":
            yield f"{key}={_plain(value)}"
        else:
            above.append((depth, found[2] or found[3] or found[4]))


def _plain(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
