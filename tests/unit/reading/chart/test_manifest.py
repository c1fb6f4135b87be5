from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.manifest import read_manifest, read_manifest_with_sources


def test_objects_come_in_their_order_and_what_is_none_is_left_out() -> None:
    text = "---\n# Source: a.yaml\n---\nkind: Service\nmetadata: {name: a}\n---\n\n---\nkind: Deployment\n"
    assert [each["kind"] for each in read_manifest(text)] == ["Service", "Deployment"]
    assert read_manifest("") == ()


def test_what_looks_like_a_time_is_a_text() -> None:
    (found,) = read_manifest("kind: ConfigMap\ndata: {day: 2026-01-02, other: 2026-99-99}\n")
    assert found["data"] == {"day": "2026-01-02", "other": "2026-99-99"}


@pytest.mark.parametrize("text", ["kind: {", "kind: !!int x", "\x00", "kind: " + "[" * 20_000])
def test_what_is_no_yaml_is_a_fault(text: str) -> None:
    with pytest.raises(DocumentInvalid, match="manifest"):
        read_manifest(text)


def test_the_file_that_helm_names_above_an_object_is_kept() -> None:
    text = "---\n# Source: shop/templates/a.yaml\nkind: A\n--- # another\nkind: B\n---\n"
    assert read_manifest_with_sources(text) == (({"kind": "A"}, "shop/templates/a.yaml"), ({"kind": "B"}, ""))


def test_of_a_list_its_members_count() -> None:
    text = """# Source: t/all.yaml
apiVersion: v1
kind: List
items:
  - {kind: Service, metadata: {name: a}}
  - {kind: List, items: [{kind: Pod}]}
  - text
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicyList
items: [{metadata: {name: b}}]
---
kind: AllowList
spec: {}
"""
    found = read_manifest_with_sources(text)
    assert [(each["kind"], source) for each, source in found] == [
        ("Service", "t/all.yaml"),
        ("Pod", "t/all.yaml"),
        ("NetworkPolicy", ""),
        ("AllowList", ""),
    ]
    assert found[2][0]["apiVersion"] == "networking.k8s.io/v1"
    assert read_manifest(text) == tuple(each for each, _ in found)
