"""What rolls components out asks the ledger first and tells it afterwards, whichever verb it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelinekit.cli.platform.components import books, rollout
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.rollout.part import DEPLOYED, Outcome
from pipelinekit.steps.rollout import resize
from tests.promotedparts import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    here = SimpleNamespace(
        platform=made.platform,
        parts={"store": made.part()},
        shelf=made.shelf,
        site=made.dev.site,
        volumes=None,
        environment=made.shelf.environment,
        require_open=lambda: None,
    )
    monkeypatch.setattr(rollout, "chosen_order", lambda *_: (here, {"store": ()}))
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
