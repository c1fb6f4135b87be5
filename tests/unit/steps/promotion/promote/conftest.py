"""Where promotions are tried: one release, which is in dev."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promoting import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made
