"""Where ways back are tried: two releases in staging, one after the other."""

from __future__ import annotations

from pathlib import Path

from tests.counting import Effects
from tests.promoting import Bench


def ready(folder: Path, *, before: str = "") -> Bench:
    """1.0.0, then 1.0.1 in staging."""
    made = Bench(folder, before=before)
    for version in ("1.0.0", "1.0.1"):
        made.release(version)
        made.promote()
    made.effects = Effects()
    return made


def running(bench: Bench) -> str:
    return bench.plan("1.0.0").survey.live.version
