"""The shape of a cluster, and of what it says of its addresses."""

from __future__ import annotations

import re

import pytest

from pipelinekit.reading.schema.clusters import CLUSTER, NETWORK


def test_what_can_be_said_of_a_network() -> None:
    assert set(NETWORK["properties"]) == {"apiServers", "nodes", "pods", "services", "namespaces"}
    assert CLUSTER["required"] == ["name"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("10.0.0.5:6443", True),
        ("[2001:db8::5]:6443", True),
        ("10.0.0.5", False),
        ("kubernetes:6443", False),
        ("10.0.0.5:6443 x", False),
        ("2001:db8::5:6443", False),
    ],
)
def test_an_api_server_is_an_address_and_a_port(text: str, fits: bool) -> None:
    pattern = NETWORK["properties"]["apiServers"]["items"]["pattern"]
    assert bool(re.search(pattern, text)) is fits


@pytest.mark.parametrize(
    ("text", "fits"), [("team", True), ("pipelinekit.dev/role", True), ("a/b/c", False), ("-a", False)]
)
def test_a_labels_key(text: str, fits: bool) -> None:
    keys = NETWORK["properties"]["namespaces"]["additionalProperties"]["propertyNames"]
    assert bool(re.search(keys["pattern"], text)) is fits
