"""Items that hands have put beside one of the same name, as a container's second variable of a name.

A server takes a list like that, and the last of them counts. What applies a chart the new way leaves one; a
three-way merge, which is Helm 3's, changes one of them and leaves the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.deployment import Object
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path


def places(live: Object, declared: Object) -> Iterator[tuple[Path, list[Any]]]:
    """The lists of an object that have something declared more than once, and what is left of each."""
    return _doubled(live, declared, (), fields.keyed(live, declared))


def _doubled(
    live: object, wanted: object, path: Path, lists: Mapping[Path, tuple[str, ...]]
) -> Iterator[tuple[Path, list[Any]]]:
    keys = fields.keys_at(path, lists)
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        for name in sorted(live.keys() & wanted.keys()):
            yield from _doubled(live[name], wanted[name], (*path, f"f:{name}"), lists)
    elif keys and isinstance(live, list) and isinstance(wanted, list):
        steps = [fields.item(each, keys) for each in live]
        often = Counter(steps)
        # A manifest may leave out a key that a server fills in, as a port's protocol.
        sought = {step: fields.value_at((step,), wanted) for step in often}
        declared = {step: each for step, each in sought.items() if each is not None}
        if any(often[each] > 1 for each in declared):
            others = {step: each for step, each in zip(steps, live, strict=True) if step not in declared}
            yield path, [(declared | others)[each] for each in often]
            return
        for step, each in zip(steps, live, strict=True):
            yield from _doubled(each, declared.get(step), (*path, step), lists)
