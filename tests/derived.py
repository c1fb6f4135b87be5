"""Files that are made from others: `python -m tests.derived` writes them, a test compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipelinekit.cli import library
from pipelinekit.reading.schema import APP, COMPONENT, PLATFORM, RELEASESET
from tests.mistakes import page as mistakes
from tests.pages import adopting, charts, checked, codes, commands, keys, line, platformpicture, proofs

ROOT = Path(__file__).resolve().parent.parent


def _schema(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _compact(schema: dict[str, object]) -> str:
    # It travels into every application's repository, and nobody reads it but editors.
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False) + "\n"


def _steps() -> dict[str, Callable[[], str]]:
    texts = library.steps()
    return {f"vars/{name}": partial(texts.__getitem__, name) for name in texts}


DERIVED: dict[str, Callable[[], str]] = {
    "docs/schemas/app.schema.json": lambda: _schema(APP),
    "docs/schemas/platform.schema.json": lambda: _schema(PLATFORM),
    "docs/schemas/component.schema.json": lambda: _schema(COMPONENT),
    "docs/schemas/releaseset.schema.json": lambda: _schema(RELEASESET),
    "templates/editor/app.schema.json": lambda: _compact(APP),
    "docs/adopting.md": adopting.page,
    "docs/app.md": keys.app_page,
    "docs/commands.md": commands.page,
    "docs/errors.md": codes.page,
    "pipelinekit/cli/codes.json": codes.data,
    "docs/mistakes.md": mistakes.table,
    "docs/pictures/line.svg": line.picture,
    "docs/pictures/platform.svg": platformpicture.picture,
    "docs/platform.md": keys.platform_page,
    "tests/pages/checked.md": checked.page,
    "tests/pages/proofs.md": proofs.page,
    **charts.pages(),
    **_steps(),
}
"""Path to what its text should be."""


def outdated() -> list[str]:
    """The paths whose text is another."""
    return [path for path, make in DERIVED.items() if not _same(ROOT / path, make())]


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def main() -> int:
    """Write what is outdated, and say so."""
    for path in outdated():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(DERIVED[path](), encoding="utf-8")
        print(f"written  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
