"""300 components and 20,000 applications: the proof's time and memory, in the matrix alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.charts.helm import Helm
from tests.network import fleet


@pytest.mark.matrix("network")
@pytest.mark.parametrize(("fleets", "sets"), [(50, 10), (1000, 100)])
def test_a_large_platform(
    helm: Helm, tmp_path: Path, matrix_row: Callable[..., None], fleets: int, sets: int
) -> None:
    made = fleet.rendered(helm, tmp_path / "charts", fleet.apps(2))
    path = tmp_path / "objects.json"
    path.write_text(
        json.dumps([[each.owner, each.release, each.namespace, list(each.objects)] for each in made])
    )
    words = [sys.executable, "-m", "tests.network.measure", str(path), str(fleets), str(sets), "5"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1800, check=True)
    figures = json.loads(done.stdout)
    case = f"{figures.pop('components')} components, {figures.pop('applications')} applications"
    matrix_row("network", case, "closed" if not figures["findings"] else "open", figures)
    assert figures["findings"] == 0
