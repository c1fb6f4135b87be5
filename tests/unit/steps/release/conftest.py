from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.steps.deploying import patience
from tests.unit.steps.release.bench import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    # Every pod has had its time to start.
    monkeypatch.setattr(patience, "STARTING", 0.0)
    return Bench(tmp_path)
