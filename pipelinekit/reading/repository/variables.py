"""Variables that a file gives to a program: their names, and only such values as are no secret anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelinekit.model.repository.words import Word
from pipelinekit.reading.repository.document import text_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_EVERYWHERE = frozenset(("0.0.0.0", "::", "production"))  # noqa: S104 - what a file says, not where we listen
_VERSIONS = {
    "NODE_VERSION": "node",
    "PYTHON_VERSION": "python",
    "RUBY_VERSION": "ruby",
    "JAVA_VERSION": "java",
    "PHP_VERSION": "php",
}
"""Variables that a host reads itself."""


def given(name: str, value: Any, place: str) -> Iterator[Word]:
    """The variable; `PORT` is a port. A value that is all addresses, a port or `production` goes along."""
    text = text_of(value)
    if not _NAME.fullmatch(name):
        return
    if name == "PORT":
        if text.isdigit():
            yield Word(what="port", value=text, place=place)
        return
    if name in _VERSIONS:
        if re.fullmatch(r"v?\d+(\.\d+){0,2}", text):
            yield Word(what="version", name=_VERSIONS[name], value=text, place=place)
        return
    known = text in _EVERYWHERE or (name.upper().endswith(("PORT", "PORTS")) and text.isdigit())
    yield Word(what="variable", value=name, name=text if known else "", place=place)
