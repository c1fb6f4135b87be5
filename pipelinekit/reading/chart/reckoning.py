"""How much a chart's schema is when its references are written out: a hostile one is more than any memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MOST = 100_000.0
"""Parts of a schema that we hold values against; Kubernetes' own of a pod has some ten thousand."""
DEEPEST = 200


def reckoned(schema: Mapping[str, Any]) -> float:
    """The parts of a JSON schema, those that it refers to counted as often as it does.

    Infinite for one that leads to itself, where it depends on the values, for one that is nested too deep,
    and for one that leads elsewhere than to a part of itself, or may: what we do not find, a validator may.
    """
    return _Reckoning(schema).of(schema, 0)


class _Reckoning:
    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.whole = whole
        # Where a part says it, references in that part are to be looked for there.
        self.base = "id" if "draft-04" in str(whole.get("$schema")) else "$id"
        # Of one that is being counted it is still infinite: it leads to itself.
        self.known: dict[str, float] = {}

    def of(self, part: Any, depth: int) -> float:
        if depth > DEEPEST:
            return math.inf
        if isinstance(part, list):
            return 1 + sum(self.of(each, depth + 1) for each in part)
        if not isinstance(part, Mapping):
            return 1
        if depth and isinstance(part.get(self.base), str):
            return math.inf
        found = 1 + sum(self.of(each, depth + 1) for each in part.values())
        for key in ("$ref", "$dynamicRef", "$recursiveRef"):
            if isinstance(leads := part.get(key), str):
                found += self._behind(leads, depth + 1)
        return found

    def _behind(self, reference: str, depth: int) -> float:
        if not reference.startswith("#/") or "%" in reference:
            return math.inf
        if reference not in self.known:
            self.known[reference] = math.inf
            part = self._part(reference)
            self.known[reference] = math.inf if part is None else self.of(part, depth)
        return self.known[reference]

    def _part(self, reference: str) -> Any:
        part: Any = self.whole
        for step in reference.split("/")[1:]:
            part = part.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(part, Mapping) else None
        return part
