"""How far the layers of an image have got on their way, from what an engine says of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.counts import counted


class Layers:
    """The layers that an engine has spoken of."""

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}

    def line(self, event: Mapping[str, Any]) -> str:
        """All of them in one line, after one more event; empty when that is about something else."""
        name, detail = str(event.get("id", "")), event.get("progressDetail") or {}
        if not name or not detail.get("current"):
            return ""
        # The engine counts what a layer turns out to need beside its content as well.
        total = max(int(detail.get("total") or 0), int(detail["current"]))
        self._sizes[name] = (int(detail["current"]), total)
        whole = sum(size for _, size in self._sizes.values())
        done = sum(at for at, _ in self._sizes.values())
        return f"{counted(len(self._sizes), 'layer')}, {amount(done, whole)}"


def amount(done: int, whole: int) -> str:
    """So many bytes of so many."""
    return f"{done / 1e6:.1f} of {whole / 1e6:.1f} MB"
