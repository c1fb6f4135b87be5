"""What the plan of a set says is what the same words without --plan do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.cli.release import promote
from pipelinekit.errors import Refused, ToolFailed
from tests.doubles import Killed
from tests.promoting import RITA, SET, Bench
from tests.unit.cli.release.test_desk import SET as HEAD
from tests.unit.cli.release.test_desk import bench

__all__ = ["bench"]


@pytest.fixture
def stopped(bench: Bench) -> Bench:
    """Two applications came together once; of the next versions the first one did, and the second failed."""
    for version in ("1.1.0", "1.2.0"):
        for name, _ in SET[1:]:
            bench.release(version, name, ("stock",) if name == "orders" else ())
    bench.ledger.as_writer = RITA
    write("1.1.0")
    words("--json")
    write("1.2.0")
    bench.releases.failing = frozenset({"orders"})
    with pytest.raises(ToolFailed):
        words("--json")
    bench.releases.failing = frozenset()
    return bench


def write(version: str) -> None:
    rows = "".join(f"  - {{name: {name}, team: payments, version: {version}}}\n" for name, _ in SET[1:])
    Path("set.yaml").write_text(HEAD + rows)


def words(*more: str) -> None:
    promote.promote.main(["--set", "set.yaml", "--to", "staging", *more], standalone_mode=False)


def told(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    words("--plan", "--json", *more)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_set_that_stopped_would_go_on_or_back_by_the_words_that_do_it(
    stopped: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (told(capsys)["back"], told(capsys)["sentence"]) == (
        *(False, "would promote the set checkout to staging: orders"),
    )
    stopped.stop("frozen")
    stopped.ledger.as_writer = RITA
    plan = told(capsys, "--take-back")
    assert (plan["back"], plan["may"], plan["sentence"]) == (
        *(True, True),
        "would take the set checkout back in staging, and promote nothing: payments/stock to 1.1.0",
    )
    words("--take-back")
    assert "is taken back in staging, and nothing was promoted" in capsys.readouterr().out
    assert told(capsys, "--take-back")["back"] is False, "it is over"


def test_what_was_left_on_its_way_back_would_go_on_so_whoever_asks(
    stopped: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped.effects.count, stopped.effects.kill_at = 0, 2
    stopped.ledger.effects = stopped.effects
    with pytest.raises(Killed):
        words("--take-back")
    for more in ([], ["--expect", f"sha256:{0:064}"]):
        assert (told(capsys, *more)["back"], told(capsys, *more)["may"]) == (True, True)
    with pytest.raises(Refused, match="was on its way back, and is taken back now"):
        words("--expect", f"sha256:{0:064}")


def test_a_digest_that_is_no_plan_s_takes_nothing_back(
    stopped: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "--take-back", "--expect", f"sha256:{0:064}")["may"] is False
    with pytest.raises(Refused, match="not sha256:0"):
        words("--take-back", "--expect", f"sha256:{0:064}")
    assert stopped.runs("stock") == "1.2.0"
