"""What a statement is that no gate asks for: a type and a verdict may be any word, so it is said."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.cli.release import evidence
from pipelinekit.cli.release.desk import Desk
from pipelinekit.model.platform.gates import Evidence
from tests.promoting import Bench
from tests.unit.cli.release.test_desk import bench

__all__ = ["bench"]
ASKED = {"evidence": (Evidence(type="scan"), Evidence(type="load-test", verdict="good"))}


@pytest.mark.parametrize(
    ("gates", "kind", "verdict", "told"),
    [
        (ASKED, "scan", "passed", ""),
        (ASKED, "scna", "passed", "no environment asks for scna: did you mean 'scan'?"),
        (ASKED, "uat", "passed", "no environment asks for uat: known are: load-test, scan"),
        (ASKED, "scan", "pass", "production asks for scan passed: pass keeps its gate closed"),
        (ASKED, "load-test", "failed", "production asks for load-test good: failed keeps its gate closed"),
        ({}, "scna", "passed", ""),
    ],
)
def test_a_word_that_no_gate_asks_for_is_written_and_said(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    gates: dict[str, Any],
    kind: str,
    verdict: str,
    told: str,
) -> None:
    bench.production = gates
    monkeypatch.setattr(Desk, "named", (bench.platform, "p" * 40))
    words = ["orders@1.0.0", "--type", kind, "--file", "scan.json", "--verdict", verdict]
    evidence.attest.main(words, standalone_mode=False)
    said = capsys.readouterr()
    assert said.err == (f"notice: {told}\n" if told else "")
    assert f"attests {kind} of orders 1.0.0: {verdict}" in said.out
