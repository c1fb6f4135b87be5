"""Sound things made unsound: parts of a document replaced, bytes of a file flipped, cut, doubled, put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from pipelinekit.errors import PipelinekitError

JUNK: tuple[Any, ...] = (None, True, 0, -1, 1.5, "x", "", [], [None], [[]], {}, {"x": None}, [{"name": []}])
"""What nobody expects in a document."""
ODD_JSON: tuple[Any, ...] = (
    *JUNK,
    10**400,
    float("inf"),
    float("nan"),
    "\ud800",
    "²",
    "a\0b\n\x1b[2J",
    {"": {"": []}},
    "x" * 9000,
)
"""What JSON can say beyond that and few expect: numbers that no float holds, half a character."""
DEEP = ("[" * 5000, '{"a":' * 5000, "- " * 5000, "[" * 900 + "]" * 900)
_PUT = (
    b"\0",
    b"\xef\xbb\xbf",
    b"\xe9",
    b"\xff\xfe",
    b"\n",
    b"*a",
    b"&a [*a, *a]",
    b"9" * 5000,
    b"{",
    b"\x80",
)


def spoiled(value: Any, junk: tuple[Any, ...] = JUNK) -> list[Any]:
    """The document with each of its parts in turn replaced by something that nobody expects there."""
    found = list(junk)
    if isinstance(value, Mapping):
        found += [{**value, key: each} for key, inner in value.items() for each in spoiled(inner, junk)]
        found += [{other: each for other, each in value.items() if other != key} for key in value]
    elif isinstance(value, list):
        found += [
            [*value[:at], each, *value[at + 1 :]]
            for at, inner in enumerate(value)
            for each in spoiled(inner, junk)
        ]
    return found


def answers(sound: Any) -> list[str]:
    """Texts that a server may answer in the place of that JSON."""
    return [
        *(json.dumps(each) for each in spoiled(sound, ODD_JSON)),
        *DEEP,
        "",
        "null",
        "Warning: x\n{}",
        "{",
    ]


@st.composite
def damaged(draw: st.DrawFn, sound: bytes) -> bytes:
    """The bytes of a file after up to three accidents."""
    content = sound
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(("flip", "cut", "put", "drop", "double")))
        if kind == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ draw(st.integers(1, 255))]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "put":
            content = content[:at] + draw(st.sampled_from(_PUT)) + content[at:]
        elif kind == "drop":
            content = content[:at] + content[at + draw(st.integers(1, 40)) :]
        else:
            content = content[:at] + content[max(0, at - draw(st.integers(1, 40))) :]
    return content


def wrong_of(texts: Iterable[str], read: Callable[[str], object]) -> dict[str, str]:
    """The errors that are none of ours, and a text that brings each."""
    wrong: dict[str, str] = {}
    for each in texts:
        try:
            read(each)
        except PipelinekitError:
            continue
        except Exception as error:  # noqa: BLE001 - what a reader lets through is what is looked for
            wrong[f"{type(error).__name__}: {error}"[:200]] = each[:300]
    return wrong
