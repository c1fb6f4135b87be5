from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.manifest import read_manifest


def test_objects_come_in_their_order_and_what_is_none_is_left_out() -> None:
    text = "---\n# Source: a.yaml\n---\nkind: Service\nmetadata: {name: a}\n---\n\n---\nkind: Deployment\n"
    assert [each["kind"] for each in read_manifest(text)] == ["Service", "Deployment"]
    assert read_manifest("") == ()


def test_what_looks_like_a_time_is_a_text() -> None:
    (found,) = read_manifest("kind: ConfigMap\ndata: {day: 2026-01-02, other: 2026-99-99}\n")
    assert found["data"] == {"day": "2026-01-02", "other": "2026-99-99"}


@pytest.mark.parametrize("text", ["kind: {", "kind: !!int x", "\x00"])
def test_what_is_no_yaml_is_a_fault(text: str) -> None:
    with pytest.raises(DocumentInvalid, match="manifest"):
        read_manifest(text)
