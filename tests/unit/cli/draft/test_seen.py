from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.cli.draft import seen
from pipelinekit.cli.draft.rise import rising
from pipelinekit.model.draft import Built
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan.draft.debug import debugged, debuggers
from pipelinekit.steps.innerloop.release import Chart, Wishes, prepare
from tests import examples
from tests.doubles import Cluster

PLAN, TARGET = examples.plan(), examples.target()
WEB = {"command": ["python", "-m", "orders"], "replicas": 1}
CHART = Chart(
    folder=Path("unused"), digest="sha256:c", values={"image": {"digest": ""}, "processes": {"web": WEB}}
)
IMAGE = Built(repository="r/orders", tag="a" * 40, digest="sha256:1", built=True, pushed=True)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(("now", "same"), [(2, True), (3, False), (None, False)])
def test_what_draft_toml_sets_no_more_or_otherwise_is_stale(
    monkeypatch: pytest.MonkeyPatch, now: int | None, same: bool, debug: bool
) -> None:
    @contextmanager
    def chart_of(*_: Any) -> Iterator[Chart]:
        yield CHART

    monkeypatch.setattr(rising, "chart_of", chart_of)
    develop = debugged(debuggers(CHART.values, (), "python"), CHART.values) if debug else {}
    wishes = Wishes(sets={"processes": {"web": {"replicas": 2}}}, develop=develop)
    values = prepare(PLAN, TARGET, CHART, IMAGE, wishes, None, Cluster(), lambda _: None).values
    settings = SimpleNamespace(set=(f"processes.web.replicas={now}",) if now else ())
    app = SimpleNamespace(processes_in=lambda _: {})
    here: Any = SimpleNamespace(
        settings=settings, words=SimpleNamespace(environment="dev"), plan=PLAN, app=app
    )
    state = ReleaseState(revision=1, status="deployed", values=values, manifest="")
    assert seen._is_installed(here, TARGET, state) is same
