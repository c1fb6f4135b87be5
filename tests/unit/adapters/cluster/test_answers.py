from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster.answers import refusal
from pipelinekit.adapters.cluster.ground.rights import read
from pipelinekit.adapters.probes import lacking
from pipelinekit.model.preflight import Rule

SAID = {
    "cluster-login": [
        "error: You must be logged in to the server (the server has asked to provide credentials)",
        "error: You must be logged in to the server (Unauthorized)",
        "Unauthorized",
        "Unable to connect to the server: getting credentials: exec: executable aws not found",
    ],
    "kubeconfig-missing": [
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        'error: error loading config file "/x/config": open /x/config: permission denied',
    ],
    "cluster-untrusted": [
        "Unable to connect to the server: tls: failed to verify certificate: x509: signed by unknown",
    ],
    "cluster-unreachable": [
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
        "Unable to connect to the server: dial tcp: lookup x.invalid: no such host",
        "Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded: i/o timeout)",
        'Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1',
    ],
    "cluster-denied": [
        'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods"',
    ],
}


@pytest.mark.parametrize(("code", "said"), [(code, each) for code, those in SAID.items() for each in those])
def test_a_wrong_login_a_missing_right_and_a_cluster_that_is_down_are_different_sentences(
    code: str, said: str
) -> None:
    found = refusal("dev", said)
    assert found is not None
    assert found.faults[0].code == code
    assert found.faults[0].hint


def test_what_is_about_something_else_is_no_refusal() -> None:
    assert refusal("", 'Error from server (NotFound): deployments.apps "x" not found') is None


@pytest.mark.parametrize("text", ["", "[]", "null", '{"status": {"incomplete": true}}', '{"status": 3}'])
def test_what_tells_no_rules_is_none(text: str) -> None:
    assert read(text) is None


def test_what_an_account_lacks_is_told_in_a_few_words() -> None:
    everything = frozenset("*")
    assert lacking((Rule(everything, everything, everything),)) == ""
    assert lacking(()).endswith("; and 4 more")
    assert lacking((Rule(everything, everything, frozenset({"secrets"})),)).startswith(
        "get, list, watch pods"
    )
