"""What a cluster says of its addresses."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.network.ends import Grounds
from pipelinekit.reading.platform.document import read_platform

TEXT = """
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: r:5000}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one, network: {%s}}]
environments: [{name: dev, cluster: one, namespace: x, automatic: true}]
"""


def fault(text: str) -> Any:
    with pytest.raises(DocumentInvalid) as told:
        read_platform(TEXT % text)
    (found,) = told.value.faults
    return found


def test_what_is_said_of_addresses() -> None:
    said = (
        "apiServers: [192.0.2.1:6443, '[2001:db8::1]:6443'], nodes: [192.0.2.0/24], pods: [10.244.0.0/16],"
        "services: [10.96.0.0/12], namespaces: {db: {pipelinekit.dev/service: sql}}"
    )
    (cluster,) = read_platform(TEXT % said).clusters
    assert cluster.network == Grounds(
        api_servers=("192.0.2.1:6443", "[2001:db8::1]:6443"),
        nodes=("192.0.2.0/24",),
        pods=("10.244.0.0/16",),
        services=("10.96.0.0/12",),
        namespaces={"db": {"pipelinekit.dev/service": "sql"}},
    )


def test_a_cluster_that_says_nothing() -> None:
    (cluster,) = read_platform(TEXT.replace(", network: {%s}", "")).clusters
    assert cluster.network is None


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("pods: [10.244.0.1/16]", "no-network", "clusters[0].network.pods[0]"),
        ("nodes: [300.1.1.0/24]", "no-network", "clusters[0].network.nodes[0]"),
        ("apiServers: [300.1.1.1:6443]", "no-network", "clusters[0].network.apiServers[0]"),
        ("apiServers: [192.0.2.1:70000]", "no-network", "clusters[0].network.apiServers[0]"),
        ("apiServers: [192.0.2.1]", "value-invalid", "clusters[0].network.apiServers[0]"),
        ("namespaces: {db: {a: b c}}", "value-invalid", "clusters[0].network.namespaces.db.a"),
    ],
)
def test_what_is_no_address_is_a_fault_at_its_place(text: str, code: str, path: str) -> None:
    found = fault(text)
    assert found.path == path
    assert code in (found.code, "value-invalid")
