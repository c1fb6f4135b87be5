"""Labels of namespaces, and what two layers leave open."""

from __future__ import annotations

from pipelinekit.model.network.cluster import Cluster, Opened
from pipelinekit.model.network.ports import ALL, NONE, Ports


def test_a_namespace_has_its_name_as_a_label_whatever_is_said() -> None:
    cluster = Cluster(pods=(), namespaces={"a": {"kubernetes.io/metadata.name": "forged", "team": "x"}})
    assert cluster.labels_of("a") == {"kubernetes.io/metadata.name": "a", "team": "x"}
    assert cluster.labels_of("b") == {"kubernetes.io/metadata.name": "b"}


def test_two_layers_leave_open_what_both_do() -> None:
    some = Ports.one(80)
    assert Opened(ALL, ALL) & Opened(NONE, some) == Opened(NONE, some)
