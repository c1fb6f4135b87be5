"""Charts of many components, linted and packed together before each is packaged by itself."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from pipelinekit.errors import PipelinekitError
from pipelinekit.ports.releases import ChartFolder
from pipelinekit.steps.rollout.part import Part, Shelf, unpacked


def prepare(parts: Iterable[Part], shelf: Shelf) -> None:
    """Have what is to be packaged of these components prepared; what is wrong with one it says itself."""
    found: list[ChartFolder] = []
    for part in parts:
        with suppress(PipelinekitError):
            found += unpacked(part, shelf)
    if len(found) > 1:
        shelf.charts.prepare(found)
