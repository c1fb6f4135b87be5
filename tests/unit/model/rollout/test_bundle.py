from __future__ import annotations

from pipelinekit.model.rollout.bundle import Stored


def test_a_name_that_was_there_has_moved_nothing() -> None:
    stored = Stored(reference="a/b:1", digest="sha256:0")
    assert (stored.moved, stored.new, stored.architectures) == (0, False, ())
