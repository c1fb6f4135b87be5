"""What programs find in their environment. How they run and end is tried with real ones: tests/real."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.running.process import _environment


@pytest.mark.parametrize(
    ("program", "known", "wanted"),
    [("helm", "", "400"), ("/opt/bin/kubectl", "", "400"), ("helm", "50", "50"), ("docker", "", "")],
)
def test_helm_and_kubectl_collect_less_often_unless_somebody_has_said_how(
    monkeypatch: pytest.MonkeyPatch, program: str, known: str, wanted: str
) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    if known:
        monkeypatch.setenv("GOGC", known)
    found = _environment(program, {"MINE": "1"}) or {}
    assert (found.get("GOGC", ""), found["MINE"]) == (wanted, "1")


def test_alone_it_finds_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "1")
    assert _environment("helm", {"HIS": "2"}, alone=True) == {"HIS": "2"}
