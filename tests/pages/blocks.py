"""The code blocks of a page, and what a comment above one says of it.

A fenced block of `sh` is run by a test as it stands, in one shell a page, unless a comment right above says:

    <!-- given -->            its `export NAME=value` have values of the reader's; a test has its own
    <!-- checked: why -->     it is not run, for that reason: it is held against the command line alone
    <!-- all checked: why --> at the top of a page: nothing of it is run

A block of `text` right after one that runs is what it prints: each line is there, in this order, `…` being
whatever it is on that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

GIVEN, CHECKED, RUN = "given", "checked", "run"
OURS = ("pipelinekit ", "draft ")

_ALL = re.compile(r"^<!-- all checked: (.+?) -->$", re.MULTILINE)
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>given|checked)(?:: (?P<why>.+?))? -->\n+)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXPORT = re.compile(r"^(export )?(\w+)=(\S+)(?P<rest>.*)$")


@dataclass(frozen=True)
class Block:
    """`text` as it stands; `shown` is what it prints, empty where the page does not say."""

    page: str
    line: int
    text: str
    mark: str = RUN
    why: str = ""
    shown: tuple[str, ...] = ()


def pages(root: Path) -> list[Path]:
    """Every page with prose: the repository's, docs/, and those of the charts that come with it."""
    top = [root / f"{each}.md" for each in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")]
    return [*top, *sorted((root / "docs").glob("*.md")), *sorted(root.glob("platform-charts/**/README.md"))]


def is_apart(page: Path) -> bool:
    """Whether nothing of the page is run."""
    return bool(_ALL.search(page.read_text(encoding="utf-8")))


def blocks(page: Path) -> list[Block]:
    """Its blocks of `sh`, in their order."""
    text = page.read_text(encoding="utf-8")
    whole = _ALL.search(text)
    found: list[Block] = []
    end = -1
    for each in _BLOCK.finditer(text):
        between = text[end : each.start()].strip() if end >= 0 else "-"
        if each["language"] == "text" and found and not between:
            found[-1] = replace(found[-1], shown=tuple(each["text"].splitlines()))
        end = each.end() if each["language"] == "sh" else -1
        if each["language"] == "sh":
            line = text.count("\n", 0, each.start("language")) + 1
            mark, why = (CHECKED, whole[1]) if whole else (each["mark"] or RUN, each["why"] or "")
            assert why or mark != CHECKED, f"{page.name}:{line}: checked, and no reason"
            found.append(Block(page.name, line, each["text"], mark, why))
    return found


def calls(text: str) -> list[str]:
    """The commands of ours in the text of a block; a backslash at the end of a line goes on with the next."""
    lines = (line.strip() for line in re.sub(r"\\\n\s*", "", text).splitlines())
    parts = (part.removeprefix("$ ") for line in lines for part in re.split(r"\s&&\s|\s\|\s|\s;\s", line))
    # From two spaces on, and from a hash, it is said what the command does.
    return [re.split(r"\s{2,}|\s#|\s>", each)[0] for each in parts if each.startswith(OURS)]


def values(block: Block) -> dict[str, str]:
    """What a given block has for the reader, by name."""
    found = (_EXPORT.match(line) for line in block.text.splitlines())
    return {each[2]: each[3] for each in found if each}


def with_values(block: Block, own: dict[str, str]) -> Block:
    """The block with other values; each that it has needs one."""
    lines = [_with(line, own) for line in block.text.splitlines()]
    return replace(block, text="\n".join(lines) + "\n")


def _with(line: str, own: dict[str, str]) -> str:
    found = _EXPORT.match(line)
    return f"{found[1] or ''}{found[2]}={own[found[2]]}{found['rest']}" if found else line


def unmet(shown: tuple[str, ...], printed: str) -> str:
    """The first line that a page shows and that was not printed after those before it, or nothing.

    How wide a column is depends on what else is in it, so spaces count as one.
    """
    lines = iter(printed.splitlines())
    for line in shown:
        wanted = re.compile(".*".join(map(re.escape, _narrow(line).split("…"))))
        if line.strip() != "…" and not any(wanted.fullmatch(_narrow(each)) for each in lines):
            return line
    return ""


def _narrow(line: str) -> str:
    return " ".join(line.split())
