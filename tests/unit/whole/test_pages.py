"""What the pages name is there: files, headings, verbs and options."""

from __future__ import annotations

import ast
import html
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.reading.schema import APP
from tests.pages import blocks, checked, codes, keys, recording
from tests.pages.blocks import pages
from tests.unit.whole.test_commands_named import fault_of

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n.*?^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^    .*$", re.MULTILINE)
_SHOWN = re.compile(r"([RU]) ((?:`[^`]+`(?:, )?)+)")
_NAME = re.compile(r"`([^`]+)`")
_CODE = re.compile(r"`[^`\n]*`")


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
    """The commands of ours in its code blocks."""
    found = [*_FENCE.findall(text), *_INDENTED.findall(_FENCE.sub("", text))]
    return [call for each in found for call in blocks.calls(each)]


def _fault(call: str) -> str:
    program, *words = shlex.split(call)
    return fault_of(["draft", *words] if program == "draft" else words)


def test_every_page_with_prose_is_looked_at(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    folders = ("docs", "platform-charts", "seed-jobs", "templates", "vars")
    there = {*root.glob("*.md"), *(path for each in folders for path in (root / each).rglob("*.md"))}
    # A chart's README has its about.md, word by word.
    assert {path for path in there if path.name != "about.md"} == set(pages(root))


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


def test_every_command_in_a_sentence_can_be_typed(pytestconfig: pytest.Config) -> None:
    found = [
        (page.name, call)
        for page in pages(pytestconfig.rootpath)
        for call in re.findall(r"`(pipelinekit [^`\n]*)`", _FENCE.sub("", page.read_text()))
        if page.name != "mistakes.md"  # where they are wrong on purpose
        and page.name != "commands.md"  # where they are usage lines
    ]
    assert len(found) > 60
    faults = [f"{name}: {call}: {why}" for name, call in found if (why := _fault(re.sub(r"[]…[]", "", call)))]
    assert faults == []


def test_a_command_is_run_by_a_test_or_says_why_not(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    run = {
        path.relative_to(root).as_posix()
        for path in pages(root)
        for each in blocks.blocks(path)
        if each.mark != blocks.CHECKED
    }
    assert run == {*checked.RUN, checked.FIRST}


def test_a_command_stands_in_a_block_of_a_shell(pytestconfig: pytest.Config) -> None:
    loose = [
        f"{path.name}: {call}"
        for path in pages(pytestconfig.rootpath)
        for call in commands(_SHELL.sub("", path.read_text()))
    ]
    assert loose == []


def test_a_test_that_a_page_refers_to_is_there(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    files = {
        (path.name, each)
        for path in pages(root)
        for each in re.findall(r"tests/[\w/]+(?:\.\w+)?", path.read_text())
    }
    assert [each for each in sorted(files) if not (root / each[1]).exists()] == []


def test_what_classic_draft_did_names_tests_that_there_are(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    page = (root / "docs" / "draft.md").read_text()
    shown = [line.rsplit("|", 2)[1] for line in page.splitlines() if re.search(r"\| [RU] `.*\|$", line)]
    named = {
        (each[1], name) for cell in shown for each in _SHOWN.finditer(cell) for name in _NAME.findall(each[2])
    }
    assert len(named) > 12
    assert [each for each in sorted(named) if not _is_test(root, *each)] == []


def _is_test(root: Path, where: str, name: str) -> bool:
    """Whether there is a test of that name, or, below tests/unit, a file or folder."""
    if "/" in name:
        return any((root / "tests" / "unit").rglob(f"{name}*"))
    files = sorted(
        (root / "tests/real").glob("test_draft*.py") if where == "R" else (root / "tests/unit").rglob("*.py")
    )
    return any(re.search(rf"def test_\w*{name}", path.read_text()) for path in files)


def test_the_readme_is_short(pytestconfig: pytest.Config) -> None:
    assert len((pytestconfig.rootpath / "README.md").read_text().splitlines()) < 150


def test_the_recorded_terminal_shows_what_can_be_typed_and_nothing_of_a_machine() -> None:
    drawing = recording.TARGET.read_text()
    seen = html.unescape("\n".join(re.findall(r"<text[^>]*>(.*?)</text>", drawing))).replace("\xa0", " ")
    assert all(command in seen for command in recording.TYPED)
    calls = [call for each in recording.TYPED for call in commands(f"```sh\n{each}\n```\n")]
    assert [fault for call in calls if (fault := _fault(call.partition(" 2>")[0]))] == []
    assert re.findall(r"/tmp/|/root/|127\.0\.0\.1|testbed|20\d\d-\d\d", seen) == []


def test_a_picture_loads_and_runs_nothing(pytestconfig: pytest.Config) -> None:
    pictures = sorted((pytestconfig.rootpath / "docs" / "pictures").glob("*.svg"))
    assert len(pictures) == 3
    for path in pictures:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert re.findall(r"<script|href|https?://|url\((?!#)|@import", text) == [], path


def test_what_goes_wrong_is_told_by_codes_that_there_are(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "docs" / "troubleshooting.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    named = {code for row in rows for code in re.findall(r"\(`([a-z*-]+)`\)", row)}
    assert len(named) > 25
    assert named - codes.codes().keys() == set()


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


OF_RELEASES = (
    *("steps/promotion", "steps/ledger.py", "plan/gates", "plan/promotion.py", "plan/releaseset"),
    *("cli/release", "cli/platform/ledger.py", "adapters/source/ledger"),
)
"""Where what stops a release is said."""


def test_whatever_stops_a_release_has_a_next_step() -> None:
    """Each place that raises, not each code: one with a hint does not speak for the others."""
    lacking = []
    for name in OF_RELEASES:
        path = codes.ROOT / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                raises = isinstance(node, ast.Call) and codes._name(node.func) in (*codes.EXITS, "Fault")
                if not isinstance(node, ast.Call) or not raises or len(node.args) < 2:
                    continue
                if not any(each.arg == "hint" for each in node.keywords):
                    lacking.append(f"{file.relative_to(codes.ROOT)}:{node.lineno}")
    assert not lacking


STATES_OF_THE_WORLD = {
    "commits-unknown",
    "context-unknown",
    "ledger-unknown",
    "registry-unknown",
    "release-unknown",
    "starter-unknown",
}
"""Nothing of these was mistyped: a place has nothing of it, or nobody was ever told which one counts."""


def test_a_name_that_nobody_knows_is_usage_where_it_is_typed_and_invalid_in_a_document() -> None:
    found = {
        code: set(each["exits"])
        for code, each in codes.codes().items()
        if code.endswith("-unknown") or code.startswith("unknown-")
    }
    assert found.keys() >= STATES_OF_THE_WORLD
    odd = {code: exits for code, exits in found.items() if not exits <= {2, 3}}
    assert odd.keys() <= STATES_OF_THE_WORLD
    assert {"application-unknown", "environment-unknown", "end-unknown"} & odd.keys() == set()
