"""docs/troubleshooting.md quotes what is printed today: the first line of each error, under its own code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages.codes import GAP, codes

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "troubleshooting.md"
GATES = ROOT / "pipelinekit" / "plan" / "gates"
QUOTED = re.compile(r'"([^"]+)"(?: or "[^"]+")? \(`([a-z-]+)`\)')
QUOTES = QUOTED.findall(PAGE.read_text(encoding="utf-8"))


def is_said(quote: str, code: str) -> bool:
    """Whether what the page quotes is one of the sentences of that code; a gap is anything on either side."""
    parts = [each.strip(" ':") for each in quote.replace("`", "").split(GAP)]
    wanted = ".*".join(map(re.escape, parts))
    said = codes()[code]["says"]
    if code.startswith("gate-"):
        # The table says what a gate is for; what it says when it is closed stands where it is judged.
        said = [path.read_text(encoding="utf-8") for path in GATES.glob("*.py")]
    return any(re.search(wanted, each.replace("`", "")) for each in said)


def test_the_page_quotes_errors() -> None:
    assert len(QUOTES) > 20


@pytest.mark.parametrize(("quote", "code"), QUOTES, ids=[code for _, code in QUOTES])
def test_what_the_page_quotes_is_what_is_printed(quote: str, code: str) -> None:
    assert is_said(quote, code), codes().get(code)


def test_another_sentence_is_not_taken_for_it() -> None:
    assert is_said("no registry is known", "registry-unknown")
    assert not is_said("no registry is there", "registry-unknown")
