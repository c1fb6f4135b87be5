"""The verb `explain-error`: what an error's code means, and what to do about it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from pipelinekit.cli.options import JSON
from pipelinekit.cli.output import report
from pipelinekit.errors import usage
from pipelinekit.names import meant

_TABLE = Path(__file__).with_name("codes.json")


@click.command("explain-error")
@click.argument("code")
@JSON
def explain_error(code: str, as_json: bool) -> None:
    """Say what an error's code means, and what to do about it.

    `--json` of each verb gives the code of its error. … stands for what only the error itself can name.

    \b
    Example:
      pipelinekit explain-error receipt-stale
    """
    known: dict[str, dict[str, list[Any]]] = json.loads(_TABLE.read_text(encoding="utf-8"))
    found = known.get(code) or next((each for name, each in known.items() if fnmatchcase(code, name)), None)
    if found is None:
        raise usage("code-unknown", f"no error has the code '{code[:60]}'", hint=_near(code, known))
    if as_json:
        report.as_json({"code": code, **found})
        return
    exits = " or ".join(map(str, found["exits"])) or "that of the verb that says it"
    report.result("\n".join([*_lines(found), f"Exit code: {exits}"]))


def _near(code: str, known: dict[str, Any]) -> str:
    return meant(code, known) or "the code is what --json gives; docs/errors.md has all"


def _lines(found: dict[str, list[Any]]) -> list[str]:
    steps = found["hints"] or ["what the error itself says: it depends on where it happens"]
    return [
        "It means:",
        *(f"  {each}" for each in found["says"]),
        "What to do:",
        *(f"  {each}" for each in steps),
    ]
