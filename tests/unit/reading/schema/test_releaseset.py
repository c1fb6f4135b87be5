from __future__ import annotations

from pipelinekit.reading.schema import RELEASESET


def test_a_set_has_a_name_and_its_applications() -> None:
    assert RELEASESET["required"] == ["apiVersion", "kind", "metadata", "applications"]
