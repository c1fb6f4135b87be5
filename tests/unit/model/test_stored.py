"""What is stored: nothing is needed, and nobody knows how old it is, unless somebody says so."""

from __future__ import annotations

from pipelinekit.model.stored import Running, Stored


def test_nothing_is_assumed() -> None:
    stored = Stored(registry="r", repository="a", digest="sha256:1", tags=("1",))
    assert (stored.made, stored.parts, stored.needs) == (0, (), ())
    assert (Running().digests, Running().tagged) == ({}, {})
