from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.registry import connection
from pipelinekit.adapters.web import wire
from tests.real import strangers
from tests.real.hostile.asked import NETRC
from tests.real.strangers import World


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers' certificates are."""
    return tmp_path_factory.mktemp("pki")


@pytest.fixture
def world(pki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"default login someone password {NETRC}\n")
    with strangers.world(pki, monkeypatch) as made:
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setattr(wire, "GRACE", 1.0)
        monkeypatch.setattr(wire, "SILENCE", 0.7)
        monkeypatch.setattr(connection, "PATIENCE", 0.0)
        yield made
