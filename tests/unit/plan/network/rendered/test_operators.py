"""Resources of operators to the pods that they make."""

from __future__ import annotations

from typing import Any

import yaml

from pipelinekit.plan.network.rendered.operators import templates_of
from pipelinekit.plan.network.rendered.workloads import pods_of

CLUSTER = """
kind: K8ssandraCluster
metadata: {name: shop}
spec:
  cassandra:
    serviceAccount: servers
    metadata: {pods: {labels: {tier: data, zone: any}, annotations: {prometheus.io/scrape: "true"}}}
    containers: [{name: cassandra, ports: [{name: native, containerPort: 9042}]}]
    datacenters:
      - {metadata: {name: dc1}, size: 3}
      - metadata: {name: dc2, pods: {labels: {zone: b, app.kubernetes.io/name: mine}}}
        serviceAccount: others
        networking: {hostNetwork: true}
        containers: [{name: cassandra}]
"""


def cluster(**spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(CLUSTER)
    found["spec"]["cassandra"] |= spec
    return found


def test_each_datacenter_of_a_cassandra_cluster_is_pods_of_its_own() -> None:
    first, second = pods_of([cluster()], "data", "owner", "rel", {})
    assert (first.name, second.name, first.origin) == (
        "data/shop",
        "data/shop-1",
        "K8ssandraCluster data/shop",
    )
    assert first.labels == {
        "tier": "data",
        "zone": "any",
        "app.kubernetes.io/name": "cassandra",
        "app.kubernetes.io/managed-by": "cass-operator",
        "cassandra.datastax.com/cluster": "shop",
        "cassandra.datastax.com/datacenter": "dc1",
    }
    assert (first.account, first.host_network, [each.number for each in first.ports]) == (
        "servers",
        False,
        [9042],
    )
    # The operator's own labels stay, whatever a datacenter says.
    assert (second.labels["zone"], second.labels["app.kubernetes.io/name"]) == ("b", "cassandra")
    assert (second.account, second.host_network, second.ports) == ("others", True, ())


def test_its_name_in_labels_is_the_one_that_cassandra_has() -> None:
    template, _ = templates_of(cluster(clusterName="other"))
    assert template["metadata"]["labels"]["cassandra.datastax.com/cluster"] == "other"
    assert template["metadata"]["annotations"] == {"prometheus.io/scrape": "true"}


def test_what_says_too_little_makes_none() -> None:
    assert list(templates_of({"kind": "K8ssandraCluster", "spec": {"cassandra": None}})) == []
    assert list(templates_of({"kind": "K8ssandraCluster"})) == []
    assert list(templates_of({"kind": "Kibana", "spec": {"podTemplate": {"spec": {}}}})) == [{"spec": {}}]
