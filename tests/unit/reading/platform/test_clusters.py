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


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("pods: [10.244.1.0/16]", "10.244.1.0/16 has bits beyond its length", "perhaps 10.244.0.0/16"),
        ("pods: [10.344.0.0/16]", "'10.344.0.0/16' is no network", "write a network like 203.0.113.0/24"),
        ("nodes: [0.0.0.0/0]", "0.0.0.0/0 is every address there is", "name the cluster's own networks"),
        ("apiServers: ['10.300.0.5:6443']", "'10.300.0.5' is no address", "write an address and a port"),
        ("apiServers: ['10.0.0.5:70000']", "70000 is no port: 1 to 65535", "perhaps 10.0.0.5:6443"),
        (
            "pods: [10.96.8.0/24], services: [10.96.0.0/12]",
            "10.96.8.0/24 overlaps 10.96.0.0/12, which services: has",
            "a cluster has a network of its own for Services",
        ),
        (
            "apiServers: ['10.96.0.1:443'], services: [10.96.0.0/12]",
            "10.96.0.1 is in 10.96.0.0/12, which services: has: it is the Service's address",
            "policies see the servers' own: `kubectl get endpointslices --namespace default`",
        ),
    ],
)
def test_what_is_wrong_with_an_address_comes_with_what_to_write(text: str, problem: str, hint: str) -> None:
    found = fault(text)
    assert (found.problem, found.hint[: len(hint)]) == (problem, hint)


@pytest.mark.parametrize(
    "text",
    [
        "nodes: [10.0.0.0/8], pods: [10.244.0.0/16], services: [172.20.0.0/16]",
        "pods: ['2001:db8::/56'], services: [10.96.0.0/12]",
    ],
)
def test_pods_may_have_addresses_of_the_nodes_network(text: str) -> None:
    assert read_platform(TEXT % text).clusters[0].network


@pytest.mark.parametrize(
    ("labels", "code", "hint"),
    [
        ("pipelinekit.dev/service: sqll", "service-kind", "did you mean 'sql'?"),
        ("pipelinekit.dev/services: sql", "label-unknown", "did you mean 'service'?"),
    ],
)
def test_a_label_of_a_namespace_that_opens_nothing(labels: str, code: str, hint: str) -> None:
    found = fault(f"namespaces: {{db: {{{labels}}}}}")
    assert (found.code, found.hint.partition(";")[0]) == (code, hint)


@pytest.mark.parametrize(
    "label", ["pipelinekit.dev/service: vault", "pipelinekit.dev/handover: x", "team: a"]
)
def test_a_label_that_is_asked_for_or_nobodys_business(label: str) -> None:
    assert read_platform(TEXT % f"namespaces: {{db: {{{label}}}}}").clusters[0].network
