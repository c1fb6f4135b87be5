"""What people get wrong, and what they are told: docs/mistakes.md, made by making each mistake."""

from __future__ import annotations

import re
import shlex
import tempfile

from tests.mistakes.documents import APP, GATED, IN_APP, IN_PLATFORM, PLATFORM
from tests.mistakes.lines import IN_DRAFTS, IN_PLATFORMS, IN_RELEASES, TYPED
from tests.mistakes.telling import told

BEFORE = """\
# Mistakes, and what is said to them

Made by `python -m tests.derived`, which makes each of them; a test compares. Exit codes: 2 usage, 3 document
invalid, 6 refused. "Next step" is the line below the first one.

"""


def table() -> str:
    """The page."""
    parts = [
        ("In `app.yaml` (`pipelinekit validate`)", IN_APP, _in_app),
        ("In `platform.yaml` (`pipelinekit validate --platform platform.yaml`)", IN_PLATFORM, _in_platform),
    ]
    text = BEFORE
    for title, cases, make in parts:
        text += f"## {title}\n\n{_HEADER}"
        text += "".join(_row(what, *make(*written)) for what, written in cases.items()) + "\n"
    for title, lines in (
        ("On the command line", TYPED),
        ("Of releases", IN_RELEASES),
        ("Of a platform", IN_PLATFORMS),
        ("With your own sources", IN_DRAFTS),
    ):
        text += f"## {title}\n\n{_HEADER}"
        rows = (_row(f"`{line}`", *told(shlex.split(line), _beside(line))) for line in lines)
        text += "".join(rows) + "\n"
    return text.rstrip("\n") + "\n"


def _beside(line: str) -> dict[str, str]:
    """What is in the folder; a platform.yaml would stop everybody who is to write one."""
    if line.startswith("platform init"):
        return {"app.yaml": APP}
    return {"app.yaml": APP, "platform.yaml": PLATFORM, "gated.yaml": GATED, "set.yaml": "orders: 1.4.2\n"}


_HEADER = "| mistake | exit | first line | next step |\n|---|---|---|---|\n"


def _in_app(there: str, instead: str) -> tuple[int, str]:
    assert there in APP, there
    return told(["validate"], {"app.yaml": APP.replace(there, instead, 1)})


def _in_platform(there: str, instead: str) -> tuple[int, str]:
    assert there in PLATFORM, there
    text = PLATFORM.replace(there, instead, 1)
    return told(["validate", "--platform", "platform.yaml"], {"platform.yaml": text})


def _row(what: str, code: int, said: str) -> str:
    assert code, f"{what}: no mistake"
    here = re.compile(re.escape(tempfile.gettempdir()) + r"/tmp\w+")
    lines = [here.sub("~", line) for line in said.splitlines()]
    first = next((n for n, line in enumerate(lines) if line.lower().startswith("error: ")), len(lines) - 1)
    after = lines[first + 1].strip() if len(lines) > first + 1 and lines[first + 1].startswith("  ") else ""
    problem = lines[first].partition(": ")[2]
    return f"| {_cell(what)} | {code} | {_cell(problem)} | {_cell(after)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
