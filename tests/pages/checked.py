"""tests/pages/checked.md: the commands of pages that no test runs as they stand, and why."""

from __future__ import annotations

from pathlib import Path

from tests.pages import blocks
from tests.pages.markdown import cell, table

ROOT = Path(__file__).resolve().parents[2]

RUN = (
    "docs/tutorial.md",
    "README.md",
    "docs/environments.md",
    "docs/draft.md",
    "docs/releases.md",
    "docs/jenkins.md",
    "docs/fleet.md",
)
"""The pages whose commands are run, in this order, in one shop; the first one opens it."""

FIRST = "docs/first-platform.md"
"""The page whose commands are run by themselves, by `tests/real/test_first_platform.py`."""

HEAD = """\
# Commands that are checked, not run

Made from the pages by `python -m tests.derived`. All other commands of pages are run as they stand by
`tests/real/test_tutorial.py`, the tutorial's in `make test`, others in `make matrix P=pages`; those of
a first platform by `tests/real/test_first_platform.py`.
These are held against the command line: each verb and each option is there; `proofs.md` names the test that
runs each of ours in another place.
"""


def page() -> str:
    """The whole table; a page that is not run as a whole is one line."""
    rows: list[tuple[str, ...]] = []
    for path in blocks.pages(ROOT):
        apart = [each for each in blocks.blocks(path) if each.mark == blocks.CHECKED]
        name = path.relative_to(ROOT).as_posix()
        if blocks.is_apart(path):
            rows.append((name, f"all {len(apart)} blocks", cell(apart[0].why)))
        else:
            rows += [(name, _told(each.text), cell(each.why)) for each in apart]
    return f"{HEAD}\n{table(('page', 'commands', 'why'), rows)}\n"


def _told(text: str) -> str:
    lines = text.replace("\\\n", " ").splitlines()
    return "<br>".join(f"`{cell(line.partition(' #')[0])}`" for line in lines)
