"""What the pages name is there: files, headings, verbs and options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.reading.schema import APP
from tests.pages import codes, keys
from tests.unit.whole.test_commands_named import fault_of

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^    .*$", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")


def pages(root: Path) -> list[Path]:
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))]


def anchors(page: Path) -> set[str]:
    """The anchors of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere in this repository."""
    prose = _CODE.sub("", _INDENTED.sub("", _FENCE.sub("", page.read_text())))
    for target in _LINK.findall(prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield target


def commands(text: str) -> list[str]:
    """The lines of code blocks that call us; a backslash at the end goes on with the next."""
    blocks = [*_FENCE.findall(text), *_INDENTED.findall(_FENCE.sub("", text))]
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    calls = [part for line in lines for part in re.split(r"\s&&\s|\s\|\s|\s;\s", line)]
    # From two spaces on, and from a hash, it is said what the command does.
    return [re.split(r"\s{2,}|\s#|\s>", call.removeprefix("$ "))[0] for call in calls if _calls_us(call)]


def _calls_us(call: str) -> bool:
    return call.removeprefix("$ ").startswith("pipelinekit ")


def _fault(call: str) -> str:
    return fault_of(shlex.split(call)[1:])


def test_every_link_between_pages_leads_somewhere(pytestconfig: pytest.Config) -> None:
    faults = [f"{page.name}: {each}" for page in pages(pytestconfig.rootpath) for each in broken(page)]
    assert faults == []


def test_every_command_in_a_block_can_be_typed(pytestconfig: pytest.Config) -> None:
    found = [
        (page.name, call) for page in pages(pytestconfig.rootpath) for call in commands(page.read_text())
    ]
    assert len(found) > 100
    faults = [f"{name}: {call}: {fault}" for name, call in found if (fault := _fault(call))]
    assert faults == []


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# One `word`, two\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md#one-word-two) [b](other.md#three) [c](gone.md) [d](#here) [e](https://x.example)\n"
    )
    assert list(broken(page)) == ["other.md#three", "gone.md", "#here"]


def test_a_command_that_nobody_can_type_is_found() -> None:
    text = (
        "```sh\npipelinekit validate --nothing  # why\n```\n\n    pipelinekit nowhere && pipelinekit test\n"
    )
    faults = [_fault(each) for each in commands(text)]
    assert faults == ["validate has no --nothing", "there is no verb nowhere", ""]


def test_a_key_without_an_example_or_without_words_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = APP["properties"]
    monkeypatch.setitem(fields, "novel", {"type": "boolean", "description": "something new"})
    with pytest.raises(AssertionError, match="novel: no example"):
        keys.app_page()
    monkeypatch.setitem(fields, "novel", {"type": "boolean"})
    with pytest.raises(AssertionError, match="novel: no description"):
        keys.app_page()


def test_codes_are_found_in_every_way_that_they_are_written() -> None:
    found = codes.codes()
    assert found["folder-gone"]["exits"] == [5]  # failed(…), its hint in a variable
    assert found["folder-gone"]["hints"] == [
        "somebody has deleted it, or you may not look into it: cd to another"
    ]
    assert found["yaml-key"]["exits"] == [3]  # Fault(…) in a reader
    assert {"namespace-foreign", "object-foreign"} <= found.keys()  # one of two
    assert "missing-key" in found  # by a method that takes a code
    assert "gate-*" in found  # a family
    assert not codes.STATES & found.keys()
