"""Istio's objects are read or refused."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelinekit.errors import Refused
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.plan.network.rendered.identities import read_authentication, read_authorization


def made(kind: str, spec: str) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "it"}, "spec": yaml.safe_load(spec)}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{action: CUSTOM}", "CUSTOM"),
        ("{targetRefs: [{kind: Gateway, name: g}]}", "waypoints"),
        ("{rules: [{from: [{source: {serviceAccounts: [a]}}]}]}", "serviceAccounts"),
        ("{rules: [{to: [{operation: {colour: [a]}}]}]}", "colour"),
    ],
)
def test_what_is_not_understood_is_refused(spec: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_authorization(made("AuthorizationPolicy", spec), "shops")


@pytest.mark.parametrize(("value", "action"), [("true", "AUDIT"), (True, "AUDIT"), ("false", "DENY")])
def test_what_is_only_tried_closes_nothing(value: object, action: str) -> None:
    found = made("AuthorizationPolicy", "{action: DENY}")
    found["metadata"]["annotations"] = {"istio.io/dry-run": value}
    assert read_authorization(found, "shops").action == action


def test_a_mode_that_there_is_not() -> None:
    with pytest.raises(Refused, match="LOUD"):
        read_authentication(made("PeerAuthentication", "{mtls: {mode: LOUD}}"), "shops")


def test_rules() -> None:
    rules = (
        "[{}, {from: [{source: {principals: [p], notNamespaces: [n], ipBlocks: [x]}}],"
        " to: [{operation: {ports: ['80'], paths: [/x]}}, {operation: {notPorts: ['1']}}], when: [{key: k}]}]"
    )
    policy = read_authorization(made("AuthorizationPolicy", f"{{rules: {rules}}}"), "shops")
    empty, full = policy.rules
    assert (policy.action, policy.pods, empty.sources, empty.operations) == ("ALLOW", None, None, None)
    assert full.further
    assert full.sources is not None
    assert full.operations is not None
    assert (full.sources[0].principals.wanted, full.sources[0].namespaces.refused) == (("p",), ("n",))
    assert full.sources[0].further
    assert [(each.ports, each.http) for each in full.operations] == [
        (Ports.one(80), True),
        (ALL - Ports.one(1), False),
    ]


def test_modes_by_port() -> None:
    spec = "{selector: {matchLabels: {app: a}}, portLevelMtls: {8080: {mode: DISABLE}}}"
    found = read_authentication(made("PeerAuthentication", spec), "shops")
    assert (found.mode, found.ports, found.namespace) == ("UNSET", {8080: "DISABLE"}, "shops")
