"""Items that hands have put beside one of the same name, as a container's second variable of a name.

A server takes a list like that, and the last of them counts. What applies a chart the new way leaves one; a
three-way merge, which is Helm 3's, changes one of them and leaves the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.deployment import Look
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path, key_of, name_of


def repairs(look: Look) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """For each object, by namespace and name, a JSON patch that leaves one of what the chart declares."""
    wanted = {key_of(each): each for each in look.applied}
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in look.live:
        declared = wanted.get(key_of(each))
        places = [*_doubled(each, declared, (), fields.keyed(each, declared))] if declared else []
        if places:
            found[each["metadata"].get("namespace", ""), name_of(each)] = fields.patch(each, places)
    return found


def _doubled(
    live: object, wanted: object, path: Path, lists: Mapping[Path, tuple[str, ...]]
) -> Iterator[tuple[Path, list[Any]]]:
    """The lists that have something declared twice, and what is left of each."""
    keys = fields.keys_at(path, lists)
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        for name in sorted(live.keys() & wanted.keys()):
            yield from _doubled(live[name], wanted[name], (*path, f"f:{name}"), lists)
    elif keys and isinstance(live, list) and isinstance(wanted, list):
        declared = {fields.item(each, keys): each for each in wanted}
        steps = [fields.item(each, keys) for each in live]
        often = Counter(steps)
        if any(often[each] > 1 for each in declared):
            others = {step: each for step, each in zip(steps, live, strict=True) if step not in declared}
            yield path, [(declared | others)[each] for each in often]
            return
        for step, each in zip(steps, live, strict=True):
            yield from _doubled(each, declared.get(step), (*path, step), lists)
