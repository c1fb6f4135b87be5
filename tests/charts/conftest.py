"""Charts through the real Helm; without it every test here fails by name."""

from __future__ import annotations

import shutil

import pytest

from tests.charts.helm import Helm


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Helm with a home of its own: what a user has installed or logged in to plays no part."""
    path = shutil.which("helm")
    if path is None:
        pytest.fail("helm is not on PATH: https://helm.sh/docs/intro/install")
    return Helm(path, tmp_path_factory.mktemp("helm"))
