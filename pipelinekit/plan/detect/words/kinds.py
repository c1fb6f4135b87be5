"""Words of one kind."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.model.repository.words import Word


def of(words: Sequence[Word], what: str) -> list[Word]:
    """The words of one kind, those first that speak of the application itself."""
    return sorted((each for each in words if each.what == what), key=lambda each: each.weak)
