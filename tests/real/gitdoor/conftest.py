"""A home and a repository, for the tests of the door to git."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.zoo import Lair


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose settings are this test's."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def lair(tmp_path: Path) -> Lair:
    """A repository with a tag and two commits."""
    lair = Lair(tmp_path / "orders")
    lair.root.mkdir()
    lair.git("init", "--quiet", "--initial-branch=main")
    lair.write("größe", "a\n")
    lair.commit()
    lair.git("tag", "v1.2.3")
    lair.git("-c", "i18n.commitEncoding=UTF-8", "commit", "--quiet", "--allow-empty", "-m", "fix: größer")
    return lair
