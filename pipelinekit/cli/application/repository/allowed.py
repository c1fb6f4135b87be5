"""What was seen of a repository, as far as a descriptor may say it: the rest is told, and never written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.reading.app import FILE, read_app

if TYPE_CHECKING:
    from pipelinekit.model.tree import Tree
    from pipelinekit.plan.detect.signs import Detected


def described(
    describe: Callable[[Detected | None], Tree], seen: Detected | None
) -> tuple[Detected | None, Tree]:
    """The descriptor of what was seen, and what was seen without what no descriptor may say.

    Raises `DocumentInvalid` where the command line said it.
    """
    while True:
        tree = describe(seen)
        try:
            read_app(tree[FILE].text)
        except DocumentInvalid as invalid:
            left = _without(seen, invalid.faults) if seen else seen
            if left is None or left == seen:
                raise
            seen = left
        else:
            return seen, tree


def _without(seen: Detected, faults: tuple[Fault, ...]) -> Detected:
    """The same without the values that have a fault: a port is asked for, anything else is a doubt."""
    plain = type(seen)(language=seen.language)
    known = {each.name for each in fields(plain)}
    for fault in faults:
        name = _field(fault.path)
        if name not in known or getattr(seen, name) == getattr(plain, name):
            continue
        seen = replace(seen, **{name: getattr(plain, name)})
        if name == "port":
            seen = replace(seen, asks_port=True)
        else:
            seen = seen.doubting(f"{fault.path[:60]}: {fault.problem[:200]}, so it is not taken")
    return seen


def _field(path: str) -> str:
    """Where `Detected` has what stands at a path of the descriptor."""
    top, name, *_ = [*re.split(r"[.\[]", path), ""]
    return {"resources": "memory"}.get(name, name) if top in {"build", "run"} else top
