"""What a Dockerfile says of its container: nothing, unless it says so."""

from __future__ import annotations

from pipelinekit.model.repository.container import Container


def test_nothing_is_assumed() -> None:
    container = Container()
    assert (container.user, container.starts, container.ports, container.health) == ("", False, (), "")
