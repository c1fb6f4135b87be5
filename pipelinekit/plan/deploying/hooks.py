"""Hooks in a plan: what Helm makes anew at each deployment, whether or not anything of it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelinekit.model.release import Hook

INSTALLING = ("pre-install", "post-install")
UPGRADING = ("pre-upgrade", "post-upgrade")
"""The moments of hooks at a first installation, and at any later one."""


def planned(wanted: Sequence[Hook], installed: Sequence[Hook] | None) -> Iterator[str]:
    """The hooks that a deployment runs, in Helm's order; `installed` is None where there is no release yet.

    Of one that the installed release has with another weight, that one is told, for it is an order.
    """
    before = {each.object: each for each in installed or ()}
    for moment in INSTALLING if installed is None else UPGRADING:
        mine = [each for each in wanted if moment in each.moments]
        for each in sorted(mine, key=lambda one: (one.weight, one.object.partition("/")[2])):
            last = before.get(each.object)
            was = f", was {last.weight}" if last and last.weight != each.weight else ""
            yield f"{each.object} ({moment}, weight {each.weight}{was})"
