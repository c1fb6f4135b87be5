"""What every stage of the line has: what comes around it, and its last word."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.receipts import Receipt
from pipelinekit.plan.versions.pullrequests import is_stranger
from pipelinekit.steps.around import around
from pipelinekit.steps.artefacts.image import Did


@contextmanager
def around_stage(here: Line, stage: str) -> Iterator[None]:
    """What the application wants done before and after a stage; in a terminal, a sign of life."""
    # Without commands nothing needs to be known of the build.
    stranger = stage in here.app.build.around and is_stranger(here.platform, here.revision)
    with (
        report.alive(stage),
        around(here.app, stage, FolderShell(here.root), report.say, stranger=stranger),
    ):
        yield


def finish(receipt: Receipt, did: Did, as_json: bool) -> None:
    if as_json:
        report.as_json({"acted": did.acted, "sentence": did.sentence, "receipt": dataclasses.asdict(receipt)})
    else:
        report.result(did.sentence)


def finish_all(results: list[Any], as_json: bool, nothing: str) -> None:
    """The receipts of several environments and what was done; `nothing` is said when there was none."""
    if as_json:
        report.as_json(
            [
                {"acted": did.acted, "sentence": did.sentence, "receipt": dataclasses.asdict(receipt)}
                for receipt, did in results
            ]
        )
        return
    for _, did in results:
        report.result(did.sentence)
    if not results:
        report.result(nothing)
