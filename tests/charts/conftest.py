"""Charts through the real Helm; without it every test here fails by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.charts.helm import Helm
from tests.pages.charts import CHARTS


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Helm with a home of its own: what a user has installed or logged in to plays no part."""
    path = shutil.which("helm")
    if path is None:
        pytest.fail("helm is not on PATH: https://helm.sh/docs/intro/install")
    return Helm(path, tmp_path_factory.mktemp("helm"))


@pytest.fixture(scope="session")
def whole(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """A chart of ours with its library in it, as Helm alone puts it there, in a copy of all charts."""
    copy = tmp_path_factory.mktemp("whole") / CHARTS.name
    shutil.copytree(CHARTS, copy, ignore=shutil.ignore_patterns("charts"))
    made: dict[Path, Path] = {}

    def of(chart: Path) -> Path:
        if chart not in made:
            there = copy / chart.relative_to(CHARTS)
            said = helm.run("dependency", "build", "--skip-refresh", str(there))
            assert said.code == 0, said.err
            made[chart] = there
        return made[chart]

    return of


@pytest.fixture
def chart(request: pytest.FixtureRequest, whole: Callable[[Path], Path]) -> Path:
    """One chart of ours, whole."""
    return whole(request.param)
