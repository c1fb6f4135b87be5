"""Go programs that serve only when they are told to: `app serve`, by cobra."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected

_LITERAL = "cobra.Command{"
_USE = re.compile(r"\bUse:\s*[\"`]([A-Za-z][\w-]*)")
_RUNS = re.compile(r"\bRunE?:")
_ROOT = re.compile(r"(?:^|\W)(?:root\w*|\w*Root\w*)\s*:?=\s*&$")
_SERVES = frozenset(("serve", "server", "start", "run", "web", "api", "http", "daemon", "listen", "up"))
_PROGRAM = "/app"
"""Where the image has it."""


def commanded(found: Detected, texts: Iterable[str], own: str) -> Detected:
    """The same with the command that serves, where its source has some; `own` is what it calls itself."""
    names: dict[str, bool] = {}
    root_runs = False
    for text in texts:
        before, *pieces = text.split(_LITERAL)
        for piece in pieces:
            use = _USE.search(piece)
            runs = bool(_RUNS.search(piece))
            if _ROOT.search(before[-80:]) or (use and use[1] == own):
                root_runs = root_runs or runs
            elif use:
                names.setdefault(use[1], runs)
            before = piece
    if not names or not found.server:
        return found
    serving = [each for each in names if each in _SERVES]
    listed = " ".join(sorted(names)[:12])
    if root_runs:
        return found.because(f"cobra: it runs without a command; others are {listed}")
    if len(serving) == 1:
        return replace(found, command=(_PROGRAM, serving[0])).because(
            f"cobra: its command {serving[0]} serves"
        )
    return found.doubting(
        f"cobra: its commands are {listed}: run.command says which one is run ({_PROGRAM} …)"
    )
