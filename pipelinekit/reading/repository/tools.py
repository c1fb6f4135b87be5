"""`.tool-versions`, `mise.toml`, `.java-version`, `.sdkmanrc`, `tox.ini`: versions that tools are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pipelinekit.model.repository.words import Word
from pipelinekit.reading.repository.document import at, line_in, text_of, toml_of

_LANGUAGES = {
    "python": "python",
    "nodejs": "node",
    "node": "node",
    "ruby": "ruby",
    "php": "php",
    "java": "java",
}
_LINE = re.compile(r"^[ \t]*([a-z]+)[ \t]+(?:[a-z_-]+-)?(\d+(?:\.\d+){0,2})", re.MULTILINE)
_JAVA = re.compile(r"^[ \t]*(?:java[ \t]*=[ \t]*)?(?:[a-z]+-)?(?:1\.)?(\d+)", re.MULTILINE)
_ENVIRONMENTS = re.compile(r"^[ \t]*env_?list[ \t]*=(.*(?:\n[ \t].*)*)", re.MULTILINE)
_PYTHONS = re.compile(r"(?<![\w.])py(?:\{([\d.,\s-]{1,200})\}|(\d\.?\d{1,2})(?!\d))")
_PYTHON = re.compile(r"(\d)\.?(\d{1,2})")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d)\.(\d{1,2})(?!\d)")
_NUMBER = re.compile(r"(?:[a-z_-]+-)?v?(\d+(?:\.\d+){0,2})")


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """The version of each language that they name."""
    said = texts.get(".tool-versions", "")
    for name, value in _LINE.findall(said):
        if name in _LANGUAGES:
            place = line_in(said, ".tool-versions", rf"^[ \t]*{name}[ \t]")
            yield Word(what="version", name=_LANGUAGES[name], value=value, place=place)
    for file in ("mise.toml", ".mise.toml"):
        text = texts.get(file, "")
        for name, language in _LANGUAGES.items():
            number = _NUMBER.fullmatch(text_of(at(toml_of(text), "tools", name)))
            if number:
                place = line_in(text, file, rf"^[ \t]*{name}[ \t]*=")
                yield Word(what="version", name=language, value=number[1], place=place)
    for file in (".java-version", ".sdkmanrc"):
        java = _JAVA.search(texts.get(file, "")) if file == ".java-version" else _sdkman(texts.get(file, ""))
        if java:
            yield Word(what="version", name="java", value=java[1], place=f"{file}:1")
    yield from _tried(texts)


def _tried(texts: Mapping[str, str]) -> Iterator[Word]:
    """The newest Python that a project is tried with: tox's environments, else what its metadata lists."""
    tox = texts.get("tox.ini", "")
    listed = _ENVIRONMENTS.search(tox)
    found = [
        (each[1], each[2])
        for group, one in _PYTHONS.findall(listed[1] if listed else "")
        for each in _PYTHON.finditer(group or one)
    ]
    if found:
        place = line_in(tox, "tox.ini", r"^[ \t]*env_?list[ \t]*=")
        yield Word(what="version", name="python", value=_newest(found), place=place)
    for file in ("pyproject.toml", "setup.cfg", "setup.py"):
        if classified := _CLASSIFIER.findall(texts.get(file, "")):
            newest = _newest(classified)
            place = line_in(texts[file], file, rf"Python :: {re.escape(newest)}(?!\d)")
            yield Word(what="version", name="python", value=newest, place=place)


def _newest(versions: Iterable[tuple[str, str]]) -> str:
    newest = max(versions, key=lambda each: (int(each[0]), int(each[1])))
    return ".".join(newest)


def _sdkman(text: str) -> re.Match[str] | None:
    return re.search(r"^[ \t]*java[ \t]*=[ \t]*(\d+)", text, re.MULTILINE)
