"""What became of components is told once: a line for each, and why one has failed with its next step."""

from __future__ import annotations

from threading import Event

import pytest

from pipelinekit.cli.output import report
from pipelinekit.cli.platform.components.outcomes import run, settle
from pipelinekit.errors import PipelinekitError, failed
from pipelinekit.model.rollout.part import Outcome

WHY = "the new pod store-0 is not ready"


def act(name: str) -> Outcome:
    if name == "store":
        raise failed("not-ready", WHY, hint="kubectl describe pod store-0")
    return Outcome(component=name, state="deployed", text="1.0.0 runs in webs")


@pytest.mark.parametrize("done", ["deployed", "verified", "removed"])
def test_a_failure_is_told_once_with_its_next_step(done: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = run({"web": (), "store": ("web",), "shop": ("store",)}, act)
    with pytest.raises(PipelinekitError) as caught:
        settle(outcomes, False, done)
    report.error(caught.value)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "web: 1.0.0 runs in webs",
        "store: failed",
        "shop: waiting: waits for store",
    ]
    assert (said.out + said.err).count(WHY) == 1
    told = said.err.splitlines()
    assert told.index(f"error: store: {WHY}") + 1 == told.index("  kubectl describe pod store-0")


def test_while_others_go_on_a_failure_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told, seen = Event(), list[str]()

    def acting(name: str) -> Outcome:
        if name == "web":
            assert told.wait(20)
        return act(name)

    def heard(line: str) -> None:
        seen.append(line)
        told.set()

    monkeypatch.setattr(report, "say", heard)
    run({"web": (), "store": ()}, acting)
    assert seen == [f"store: failed: {WHY}"]
