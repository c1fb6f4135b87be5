"""What a generation changes, as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelinekit.merge import Change, Outcome

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def diff(changes: Iterable[Change]) -> Iterable[str]:
    """What a generation changes, as a unified diff."""
    import difflib

    for change in changes:
        after = "" if change.outcome is Outcome.REMOVE else change.after.text if change.after else None
        if after is None or after == change.before:
            continue
        lines = difflib.unified_diff(
            _LINE.findall(change.before or ""),
            _LINE.findall(after),
            f"a/{change.path}" if change.before is not None else "/dev/null",
            f"b/{change.path}" if change.outcome is not Outcome.REMOVE else "/dev/null",
        )
        for text in lines:
            yield text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"
