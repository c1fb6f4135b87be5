"""Texts that are nearly YAML, and whether a place is one in a text."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from pipelinekit.errors import Place

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

YAML_ISH = st.lists(
    st.sampled_from(
        [
            *"abc0178.:,-?[]{}&*!|>'\"%@`#~ \n\t\\\r\x00\x85\u2028\ufeff\ud7ff😀",
            *("- ", ": ", "--- ", "...\n", "  ", "<<", "!!", "&a ", "*a ", "yes", "null", "1e3", "0x1F"),
        ]
    ),
    max_size=30,
).map("".join)


def inside(place: Place | None, text: str) -> bool:
    """Whether a place is one in the text: a line that there is, a column up to just after its end."""
    assert place is not None
    lines = LINE_BREAK.split(text)
    line, column = place.line or 0, place.column or 0
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1
