from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import strangers
from tests.real.strangers import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with strangers.world(tmp_path / "pki", monkeypatch) as made:
        yield made
