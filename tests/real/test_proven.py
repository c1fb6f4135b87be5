"""Proofs that are kept: they save time, and nobody else's count."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.running import process
from pipelinekit.adapters.source.ledger import proven
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from tests.ledgers import BRANCH, NOW, event
from tests.real.remotes import bare
from tests.real.signers import Signers, sign_as

ONE = "1" * 40


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "pipelinekit"


def test_what_is_kept_is_known(cache: Path) -> None:
    assert proven.known() == frozenset()
    proven.keep([ONE])
    proven.keep(["2" * 40])
    assert proven.known() == {ONE, "2" * 40}
    assert (cache / "ledger-proofs-1").stat().st_mode & 0o077 == 0


def test_what_somebody_else_may_write_counts_for_nothing(cache: Path) -> None:
    proven.keep([ONE])
    file = cache / "ledger-proofs-1"
    file.chmod(0o666)
    assert proven.known() == frozenset()
    file.chmod(0o600)
    cache.chmod(0o777)
    assert proven.known() == frozenset()
    cache.chmod(0o700)
    assert proven.known() == {ONE}
    file.write_bytes(file.read_bytes().replace(b"1", b"3"))
    assert proven.known() == frozenset()


def test_a_signature_is_checked_once_and_whose_key_it_is_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signers = Signers(tmp_path)
    repository = bare(tmp_path, "ledger", {}).path
    sign_as(monkeypatch, signers, "ada")
    platform = signers.platform()
    GitLedger(repository, platform, signed=True).append(BRANCH, [event("held")], after="")
    asked: list[str] = []
    run = process.run

    def counted(argv: list[str], **more: object) -> process.Completed:
        asked.extend(each for each in argv if "allowedSigners" in each)
        return run(argv, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(process, "run", counted)
    ledger = GitLedger(repository, platform, signed=True)
    assert [str(each.writer) for each in ledger.history(BRANCH)] == ["ada"]
    assert asked == []
    ended = GitLedger(repository, signers.platform(ada="2020-01-01"), signed=True, clock=lambda: NOW)
    assert ended.history(BRANCH).events == ()
    assert asked == []
