"""Where sets are brought: three applications, each in dev."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promoting import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release_all("1.0.0")
    return made
