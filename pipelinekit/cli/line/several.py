"""Several environments in one report: a cluster that does not answer hides no other one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pipelinekit.errors import CheckFailed, ToolFailed, check_failed
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState
from pipelinekit.reading.chart.manifest import read_manifest

Row = TypeVar("Row")
VERSION = "app.kubernetes.io/version"


def of_each(
    environments: Sequence[Environment],
    work: Callable[[Environment], Row],
    unknown: Callable[[Environment, str], Row],
) -> tuple[list[Row], list[ToolFailed]]:
    """What is said of each, and the errors of the `unknown` ones; raises them where there are no others."""
    rows: list[Row] = []
    errors: list[ToolFailed] = []
    for each in environments:
        try:
            rows.append(work(each))
        except ToolFailed as error:
            errors.append(error)
            rows.append(unknown(each, error.faults[0].problem))
    if len(errors) == len(rows):
        require_told(errors)
    return rows, errors


def require_told(errors: Sequence[ToolFailed]) -> None:
    """Raise all of them as one, where there are any."""
    if errors:
        raise ToolFailed(*(fault for each in errors for fault in each.faults))


def changed_by_hand(
    application: str, touched: Sequence[Environment], version: Callable[[Environment], str]
) -> CheckFailed:
    """What ends a verb that has found hands' work in these environments; `version` is what is
    installed, as `@VERSION`."""
    steps = (
        f"`pipelinekit promote {application}{version(each)} --to {each.name}` (by its gates)"
        if each.gated
        else f"`pipelinekit deploy --env {each.name}`"
        for each in touched
    )
    return check_failed(
        "changed-by-hand",
        f"{application} is not as it was deployed in {', '.join(each.name for each in touched)}",
        hint=f"what puts back what the chart declares: {', '.join(steps)}",
    )


def installed_version(state: ReleaseState | None) -> str:
    """`@VERSION` by the labels of an installed release, whatever hands have made of its objects, or empty."""
    objects = read_manifest(state.manifest) if state else ()
    labels = (each["metadata"].get("labels") or {} for each in objects)
    return next((f"@{each[VERSION]}" for each in labels if each.get(VERSION)), "")
