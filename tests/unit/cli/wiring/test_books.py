"""Which deployments a ledger is asked of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.cli.wiring import books
from pipelinekit.errors import Refused
from tests import examples
from tests.promoting import Bench


def asked(bench: Bench, monkeypatch: pytest.MonkeyPatch, *, ledger: str, pipeline: bool, given: bool) -> None:
    monkeypatch.setattr(books, "ledger_of", lambda _: bench.ledger)
    platform = examples.platform(ledger=ledger)
    here: Any = SimpleNamespace(
        platform=platform, revision=examples.revision(pipeline=pipeline), given_platform=given
    )
    prepared: Any = SimpleNamespace(plan=examples.plan(), target=examples.target())
    books.require_free(here, prepared)


@pytest.mark.parametrize(
    ("ledger", "pipeline"), [("https://git.example.com/ledger.git", True), ("", False)], ids=["named", "own"]
)
def test_what_is_held_is_not_deployed_whichever_ledger_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: str, pipeline: bool
) -> None:
    bench = Bench(tmp_path)
    bench.stop("held", environment="dev", reason="move")
    with pytest.raises(Refused, match="dev is held against every version"):
        asked(bench, monkeypatch, ledger=ledger, pipeline=pipeline, given=True)


@pytest.mark.parametrize(("pipeline", "given"), [(True, True), (False, False)])
def test_where_nobody_can_have_held_anything_no_ledger_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pipeline: bool, given: bool
) -> None:
    bench = Bench(tmp_path)
    bench.stop("held", environment="dev", reason="move")
    asked(bench, monkeypatch, ledger="", pipeline=pipeline, given=given)
