"""`.tool-versions`, `mise.toml`, `.java-version`, `.sdkmanrc`: what version managers are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.words import Word
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


def _sdkman(text: str) -> re.Match[str] | None:
    return re.search(r"^[ \t]*java[ \t]*=[ \t]*(\d+)", text, re.MULTILINE)
