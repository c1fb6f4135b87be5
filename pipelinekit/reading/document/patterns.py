"""What a pattern of a schema asks for, in words: its own, or something that fits it."""

from __future__ import annotations

import re
import unicodedata

from pipelinekit import names
from pipelinekit.reading.schema import Schema
from pipelinekit.reading.schema.words import VARIABLE

_EXAMPLES = ("30s", "10Gi", "500m", "/data", "https://example.com")
_LESS_USUAL = (
    "my_name",
    "MY_NAME",
    "My name",
    "10.2.0.0/16",
    "192.0.2.10",
    "example.com:443",
    "me@example.com",
    "7d",
    "10mb",
    "10MB",
    f"sha256:{'0123456789abcdef' * 4}",
    "20261218T180000Z",
    "logs-20261218t180000z",
    "6.9.12",
    "Overall/Read",
    "-Xmx1g",
    "${NAME}",
    "01234567-89ab-cdef-0123-456789abcdef",
)
"""Beside those: what fits patterns that charts have of names, networks, addresses, digests and moments."""
_UNITS = ("s", "Gi")
"""Of durations and of sizes: where one is left out, the one that fits is told."""


def rule(text: str, schema: Schema) -> str:
    """What a pattern asks for, and what `text` was perhaps to be; empty is a text that nobody may read."""
    rule = f"expected: {schema.get('patternErrorMessage') or _with_example(schema['pattern'])}"
    near = perhaps(text, schema) if text else ""
    return f"{rule}; {near}" if near else rule


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits; not where the pattern is of a dialect that Python does not read."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def perhaps(name: str, schema: Schema) -> str:
    """The name that `name` was to be, in the characters that fit there, or nothing."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    near = {
        names.LABEL_RULE: names.label_from(plain, names.APPLICATION_MAX),
        VARIABLE["patternErrorMessage"]: re.sub(r"[^A-Za-z0-9_]", "_", name).lstrip("0123456789"),
    }.get(schema.get("patternErrorMessage", ""), "")
    return f"perhaps {near}" if near and len(near) >= len(name) - 2 else _completed(name, schema)


def _with_example(pattern: str) -> str:
    """A pattern that has no words of its own, with something that fits it and is no name, or is one."""
    tried: tuple[str, ...] = (*_EXAMPLES, *_LESS_USUAL)
    if fits(pattern, "web"):
        tried = ("web-1", "my_name", "web") if not fits(pattern, "Web 1") else ()
    found = next((each for each in tried if fits(pattern, each)), "")
    return f"{pattern}, for example {found}" if found else pattern


def _completed(text: str, schema: Schema) -> str:
    """What `text` is with the beginning or without the end that somebody has not thought of, or nothing."""
    if "@" in text or "pattern" not in schema:
        return ""
    bare = text.partition("://")[2] or text
    host = bare.rstrip("/").partition(":")[0]
    asked = schema.get("patternErrorMessage", "")
    begins = [each for each in ("/", "linux/") if asked.endswith(("begins with /", "like linux/amd64"))]
    begins += ["oci://", "https://"] if "." in text and bare == text else []
    units = _UNITS if text.isascii() and text.isdigit() else ()
    ends = [f"{text}{each}" for each in units]
    tried = (*(f"{each}{text}" for each in begins), bare, host, text.removesuffix("B"), *ends)
    return next((f"perhaps {each}" for each in tried if each != text and fits(schema["pattern"], each)), "")
