"""What rolls components out asks the ledger first and tells it afterwards, whichever verb it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelinekit.cli.platform.components import books, rollout, standing
from pipelinekit.errors import PipelinekitError, Refused, UsageError
from pipelinekit.model.rollout.part import DEPLOYED, Outcome, PartPlan, Removal
from pipelinekit.steps.rollout import remove, resize
from pipelinekit.steps.rollout.looks import plan
from tests.promotedparts import Bench

GOING = Removal(component="store", namespace="stores", there=True)
PLANNED = PartPlan(component="store", namespace="stores", version="1.0.0", acts=True)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    here = SimpleNamespace(
        platform=made.platform,
        parts={"store": made.part()},
        off={},
        shelf=made.shelf,
        site=made.dev.site,
        volumes=None,
        environment=made.shelf.environment,
        require_open=lambda: None,
    )
    here.order = {"store": ()}
    for verbs in (rollout, standing):
        monkeypatch.setattr(verbs, "chosen_order", lambda *_: (here, here.order))
    monkeypatch.setattr(plan, "plan", lambda *_: (PLANNED,))
    monkeypatch.setattr(resize, "planned", lambda *_: ())
    monkeypatch.setattr(remove, "planned", lambda *_, **__: GOING)
    monkeypatch.setattr(books, "told", lambda _: made.told)
    monkeypatch.setattr(resize, "resize", lambda part, *_, **__: _grown(made, part.name))
    return made


def _grown(bench: Bench, name: str) -> Outcome:
    bench.said.append("grown")
    bench.dev.deploy(bench.part(name))
    return Outcome(component=name, state=DEPLOYED)


def test_a_freeze_stops_volumes_from_growing_and_what_they_were_deployed_with_is_told(bench: Bench) -> None:
    rollout.resize.main(["store"], standalone_mode=False)
    assert [each.kind for each in bench.events()] == ["released", "deployed"]
    bench.said.clear()
    bench.stop("frozen", environment="dev", reason="audit")
    with pytest.raises(PipelinekitError, match="frozen by rita: audit"):
        rollout.resize.main(["store"], standalone_mode=False)
    assert "grown" not in bench.said


VERBS = {
    "plan": (standing.plan, []),
    "deploy": (rollout.deploy, ["--plan"]),
    "resize": (rollout.resize, ["store", "--plan"]),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_plan_tells_what_of_the_ledger_would_stop_it(
    bench: Bench, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, words = VERBS[verb]
    command.main(words, standalone_mode=False)
    bench.stop("held", name="store", environment="dev", reason="move")
    with pytest.raises(Refused, match="dev is held against every version"):
        command.main(words, standalone_mode=False)
    assert ("would be refused" in capsys.readouterr().out) is (verb != "resize")


def test_past_a_gate_promotion_says_what_closes_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.stop("held", name="store", environment="dev", reason="move")
    gated = property(lambda _: True)
    monkeypatch.setattr(type(bench.shelf.environment), "gated", gated)
    standing.plan.main([], standalone_mode=False)


def test_a_plan_of_removals_without_names_is_of_all_and_says_what_to_type(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.told
    rollout.remove.main(["--plan"], standalone_mode=False)
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "store: would be removed from stores"
    assert told[-1] == "which of them go, --only NAME says, or --from NAME with all that wait"
    rollout.remove.main(["--plan", "--only", "store"], standalone_mode=False)
    assert "which of them" not in capsys.readouterr().out
    with pytest.raises(UsageError, match="say which components go"):
        rollout.remove.main([], standalone_mode=False)
