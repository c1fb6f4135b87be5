"""Repositories of ledgers, the keys that sign in them, and a home that is nobody's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import signing
from tests.real.remotes import bare, over_http, over_ssh
from tests.real.signers import Signers


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    return Signers(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """A folder of bare repositories, the address of each way to it, and what ssh needs."""
    root = tmp_path_factory.mktemp("git")
    with over_http(root) as http, over_ssh(tmp_path_factory.mktemp("sshd") / "keys") as ssh:
        yield root, {"path": str(root), "http": http, "ssh": f"{ssh.address}{root}"}, dict(ssh.env)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's settings, keys or agent."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "SSH_AUTH_SOCK", "GIT_CONFIG_GLOBAL", signing.KEY):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty ledger."""
    return bare(tmp_path, "ledger", {}).path
