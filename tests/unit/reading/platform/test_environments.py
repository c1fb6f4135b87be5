from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.platform.network import Network
from pipelinekit.model.platform.quota import Quota
from pipelinekit.reading.platform.document import read_platform

HEAD = """
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: r:5000}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one}]
"""
DEV = "environments: [{name: dev, cluster: one, namespace: x, %s}]\n"


def environment(more: str) -> Any:
    return read_platform(HEAD + DEV % more).environments[0]


def fault(text: str) -> Any:
    with pytest.raises(DocumentInvalid) as told:
        read_platform(text)
    (found,) = told.value.faults
    return found


def test_without_a_word_a_namespace_is_restricted_and_has_no_quota() -> None:
    found = environment("automatic: true")
    assert (found.pod_security, found.quota) == ("restricted", None)


def test_quantities_are_kubernetes_own_and_numbers_are_texts() -> None:
    found = environment(
        "podSecurity: baseline, quota: {hard: {requests.cpu: 500m, pods: 40, count/jobs.batch: 3},"
        " container: {default: {memory: 1.5Gi}}}"
    )
    assert found.pod_security == "baseline"
    assert found.quota == Quota(
        hard={"requests.cpu": "500m", "pods": "40", "count/jobs.batch": "3"},
        container={"default": {"memory": "1.5Gi"}},
    )


@pytest.mark.parametrize("amount", ["much", "1.5", "-1", "true", "1GB"])
def test_what_is_no_quantity_is_a_fault_at_its_place(amount: str) -> None:
    found = fault(HEAD + DEV % f"quota: {{hard: {{pods: {amount}}}}}")
    assert found.path == "environments[0].quota.hard.pods"


def test_the_network() -> None:
    text = "network: {inside: [203.0.113.0/24, '2001:db8::/32'], services: {fraud-check: [8443]}}\n"
    found = read_platform(HEAD + DEV % "automatic: true" + text).network
    assert found == Network(inside=("203.0.113.0/24", "2001:db8::/32"), services={"fraud-check": (8443,)})


@pytest.mark.parametrize("text", ["203.0.113.1/24", "203.0.113.0/99", "300.1.1.0/24"])
def test_what_is_no_network_is_a_fault(text: str) -> None:
    found = fault(HEAD + DEV % "automatic: true" + f"network: {{inside: [{text}]}}\n")
    assert (found.code, found.path) == ("no-network", "network.inside[0]")


def test_a_kind_of_services_with_letters_swapped_is_the_one_that_was_meant() -> None:
    found = fault(HEAD + DEV % "automatic: true" + "network: {services: {slq: [5432]}}\n")
    assert (found.code, found.path, found.hint) == (
        "service-kind",
        "network.services.slq",
        "did you mean 'sql'?",
    )
