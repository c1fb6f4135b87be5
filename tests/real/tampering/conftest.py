"""A sound ledger, and a copy of it to get at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import signing
from tests.ledgers import BRANCH
from tests.real.remotes import bare, git
from tests.real.signers import Signers
from tests.real.tampering.lair import WRITTEN, Lair


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Lair:
    """A sound ledger, written by five keys."""
    signers = Signers(tmp_path_factory.mktemp("keys"))
    made = bare(tmp_path_factory.mktemp("ledger"), "ledger", {}).path
    git("update-ref", "-d", "refs/heads/main", cwd=made)
    lair = Lair(made, signers)
    with pytest.MonkeyPatch.context() as patch:
        for name, each in WRITTEN:
            patch.setenv(signing.KEY, str(signers.private(name)))
            lair.ledger().append(BRANCH, [each], after=lair.ledger().history(BRANCH).head)
    return lair


@pytest.fixture
def lair(original: Lair, tmp_path: Path) -> Lair:
    shutil.copytree(original.path, tmp_path / "ledger.git")
    return Lair(tmp_path / "ledger.git", original.signers)
