from __future__ import annotations

import pytest

from pipelinekit.plan.detect import ranges
from pipelinekit.plan.detect.ranges import NODE, PHP, PYTHON, Choice, Lines, choose


def test_an_image_that_the_dockerfile_cannot_use_is_told() -> None:
    assert all("does not build" in choose(each, PYTHON).doubt for each in ("3.6", "==3.6.2"))
    assert choose("3.7", PYTHON).doubt == "no longer maintained"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("", "24"), ("*", "24"), (">=0.10.0", "24"), ("<23", "22"), (">= 18.x", "24"), ("^20 || >=22", "24"),
        ("22.11.0", "22.11.0"), ("v22", "22"), ("~22.3", "22.3"), ("20 - 22", "22"), (">=18, <=22", "22"),
        ("20.x || 22.x", "22"), (">=25", "26"), (">=18.18.0 <19 || >=20", "24"), ("=22", "22"),
        ("= v22.11.0", "22.11.0"), ("~22.3 || ~18.2", "22.3"),
        (">=22.3 <22.7", "22.6"), ("22.3.x", "22.3"), ("22.3", "22.3"), ("22.3 - 22.5", "22.5"),
    ],
)  # fmt: skip
def test_a_maintained_node_that_satisfies(text: str, version: str) -> None:
    assert choose(text, NODE) == Choice(version)


@pytest.mark.parametrize(
    ("text", "lines", "version"),
    [
        (">=3.13", PYTHON, "3.13"), (">=3.9,<3.13", PYTHON, "3.12"), ("~=3.10", PYTHON, "3.13"),
        ("==3.11.*", PYTHON, "3.11"), (">=3.8,!=3.9.*", PYTHON, "3.13"), ("^3.11", PYTHON, "3.13"),
        (">3.13", PYTHON, "3.14"), ("!=3.13.*", PYTHON, "3.14"), ("!=3.13.2", PYTHON, "3.13"),
        ("^8.2", PHP, "8.4"), ("^7.4|^8.0", PHP, "8.4"), ("~8.2.0", PHP, "8.2"),
    ],
)  # fmt: skip
def test_pythons_and_composers_words(text: str, lines: Lines, version: str) -> None:
    assert choose(text, lines) == Choice(version)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("16", "16"), (">=14 <21", "20"), ("18.19.1", "18.19.1"), ("18.x", "18"), ("~18.2", "18.2"),
        ("~18.2.1", "18.2"), ("18.2.x", "18.2"), (">=18.2.0 <18.5.0", "18.4"), ("18.2 - 18.4", "18.4"),
        ("~18.2 || 16", "16"), ("~14.3 || ~16.5", "16.5"), ("<=18.2 >18.1", "18.2"),
    ],
)  # fmt: skip
def test_what_has_ended_is_taken_and_told(text: str, version: str) -> None:
    assert choose(text, NODE) == Choice(version, "no longer maintained")


@pytest.mark.parametrize(
    "text", ["garbage", ">=99", ">=18.5 <18.5", "<18.0 >=18", "9" * 5000, "^", "x y", "=>18", "\0"]
)
def test_nonsense_is_the_default_and_told(text: str) -> None:
    choice = choose(text, NODE)
    assert choice.version == "24"
    assert choice.doubt


@pytest.mark.parametrize("part", ["1.", "22 || ", "11111."])
def test_what_is_longer_than_any_range_is_none(part: str) -> None:
    found = choose(part * 10_000, NODE)
    assert found.doubt == "what the repository asks for is no range of versions"


def test_what_is_cut_off_of_a_range_shows() -> None:
    wanted = ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*"
    assert ranges.quoted(wanted) == wanted
    assert (len(ranges.quoted("x" * 999)), ranges.quoted("x" * 999)[-2:]) == (60, "x…")


@pytest.mark.parametrize(
    ("text", "lines", "choice"),
    [
        (">=22 <22.99", NODE, Choice("22")), ("<=22.99.99", NODE, Choice("22")),
        ("22.3.0 - 22.999.999", NODE, Choice("22")), (">=22.3 <22.3.99", NODE, Choice("22.3")),
        (">=16.0.0 <=16.99.99", NODE, Choice("16", "no longer maintained")),
        (">=3.8,<3.12.99", PYTHON, Choice("3.12")), (">=22 <99", NODE, Choice("24")),
    ],
)  # fmt: skip
def test_nines_shut_out_nothing_that_there_is(text: str, lines: Lines, choice: Choice) -> None:
    assert choose(text, lines) == choice
