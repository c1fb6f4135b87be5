"""What of the site can be held without a browser: its colours, its tables, whose theme counts.

What it looks like in a browser, in both themes and at the width of a telephone, was looked at.
"""

from __future__ import annotations

import re

import pytest

from tests.pages import line, site
from tests.pages.blocks import pages

WHITE, SLATE = "#ffffff", "#1e2129"
"""Behind the pictures: the light theme, and the dark one of Material."""
LEAST = 4.5
"""WCAG's contrast of small text (AA)."""
_RULE = re.compile(r"((?:\.[\w-]+(?: \+ text)?,? ?)+)\{([^}]*)\}")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Of two colours `#rrggbb`, from 1 to 21 (WCAG)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _fills(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for selectors, body in _RULE.findall(style):
        colour = re.search(r"fill: (#[0-9a-f]{6})", body)
        if colour:
            found |= {each.strip(): colour[1] for each in selectors.split(",")}
    return found


def test_each_word_of_the_picture_can_be_read_on_what_is_behind_it() -> None:
    light, _, dark = line.STYLE.partition("@media (prefers-color-scheme: dark)")
    by_day, by_night = _fills(light), _fills(light) | _fills(dark.partition("{")[2])
    pairs = {
        **{f"{who} by day": (by_day[who], WHITE) for who in (".who", ".what")},
        **{f"{who} by night": (by_night[who], SLATE) for who in (".who", ".what")},
        **{box: (by_day[".ink"], by_day[box]) for box in (".made", ".stage", ".ledger")},
        **{box: (by_day[f"{box} + text"], by_day[box]) for box in (".written", ".place")},
    }
    assert {name: pair for name, pair in pairs.items() if contrast(*pair) < LEAST} == {}


def test_without_a_choice_the_theme_is_the_systems(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "docs" / "mkdocs.yml").read_text()
    assert re.findall(r'media: "\(prefers-color-scheme(.*)\)"', text) == ["", ": light", ": dark"]


def _cells(row: str) -> int:
    return len(row.replace(r"\|", "").strip().strip("|").split("|"))


def misshapen(text: str) -> list[str]:
    """Rows of tables with fewer or more cells than their heads: a browser shows none for what is too much."""
    lines, found, head = [*_FENCE.sub("", text).splitlines(), ""], [], 0
    for number, each in enumerate(lines[:-1]):
        if not each.startswith("|"):
            head = 0
        elif not head and re.fullmatch(r"\|[\s|:-]+\|", lines[number + 1]):
            head = _cells(each)
        elif head and not re.fullmatch(r"\|[\s|:-]+\|", each) and _cells(each) != head:
            found.append(each)
    return found


def test_each_row_of_a_table_has_the_cells_of_its_head(pytestconfig: pytest.Config) -> None:
    found = {
        page.name: wrong for page in pages(pytestconfig.rootpath) if (wrong := misshapen(page.read_text()))
    }
    assert found == {}


def test_a_row_of_another_shape_is_found() -> None:
    good = "| a | b |\n|---|---|\n| `x \\| y` | z |\n| p \\| q | r |\n"
    assert misshapen(good) == []
    assert misshapen(f"{good}| one |\n") == ["| one |"]
    assert misshapen(f"{good}| 1 | 2 | 3 |\n") == ["| 1 | 2 | 3 |"]


def test_a_pipe_in_a_table_is_shown_without_its_backslash() -> None:
    # GitHub takes the backslash away inside of a code span as well; MkDocs shows it, and needs none there.
    row = r"| `--format [text\|json]` | one of these \| |"
    assert site.turned(f"{row}\n`a\\|b`\n", "../", "") == (
        "| `--format [text|json]` | one of these \\| |\n`a\\|b`\n"
    )
