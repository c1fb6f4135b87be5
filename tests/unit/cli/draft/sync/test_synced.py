from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipelinekit.cli.draft.sync import synced, syncing
from pipelinekit.model.release import ReleaseState
from pipelinekit.model.sources import Layout, Look
from pipelinekit.plan.sync.batches import digest_of
from tests import examples

TARGET = examples.target()


@pytest.mark.parametrize("said", [{}, {"path": ""}, {"path": None}, {"path": 7}, {"path": ["/app"]}])
def test_a_release_that_does_not_say_where_its_sources_are_is_stale(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    here: Any = SimpleNamespace()
    look = Look(sources={}, building={})
    monkeypatch.setattr(syncing, "able", lambda _: Layout(runtime="python"))
    monkeypatch.setattr(syncing, "folder", lambda *_: SimpleNamespace(look=lambda: look))
    sync = {"built": digest_of(look.building), **said}
    state = ReleaseState(revision=3, status="deployed", values={"develop": {"sync": sync}}, manifest="")
    assert synced.is_synced(state)
    assert not synced.current(here, TARGET, state)
