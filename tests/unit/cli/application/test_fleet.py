"""`generate --all`: a fault of ours in one application is that application's line, with its log."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pipelinekit.cli.application.fleet import FleetOptions, Work
from pipelinekit.model.platform.document import Registration
from pipelinekit.steps import fleet
from pipelinekit.steps.fleet import State
from tests import examples


@pytest.mark.parametrize("problem", [ValueError("embedded null byte"), RecursionError("deep"), MemoryError()])
def test_whatever_happens_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    (tmp_path / "payments" / "orders").mkdir(parents=True)
    (tmp_path / "payments" / "orders" / "app.yaml").write_text("x")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(fleet, "update", broken)
    registration = Registration(name="orders", team="payments", repository="https://git/orders")
    result = Work(examples.platform(), FleetOptions(platform="", base=str(tmp_path)))(registration)
    assert (result.title, result.state) == ("payments/orders", State.FAILED)
    assert "a bug in pipelinekit" in result.reason
    (log,) = tmp_path.glob("pipelinekit-*.log")
    assert str(log) in result.reason
    assert type(problem).__name__ in log.read_text()
