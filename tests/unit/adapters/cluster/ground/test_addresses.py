from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.adapters.cluster.ground.addresses import _endpoints

HOST = {"addresses": ["192.0.2.1"]}
PORT = {"name": "https", "port": 6443}


def test_each_address_of_a_server_comes_with_its_port() -> None:
    six = {"addressType": "IPv6", "endpoints": [{"addresses": ["fd00::1"]}], "ports": [PORT]}
    four = {"addressType": "IPv4", "endpoints": [HOST], "ports": [PORT]}
    assert [*_endpoints((four, six))] == ["192.0.2.1:6443", "[fd00::1]:6443"]


@pytest.mark.parametrize(
    "odd",
    [
        {"addressType": "FQDN", "endpoints": [{"addresses": ["api.example.com"]}], "ports": [PORT]},
        {"addressType": "IPv4", "endpoints": [HOST], "ports": [{"name": "all"}]},
        {"addressType": "IPv4", "endpoints": [HOST], "ports": [{"port": None}]},
        {"addressType": "IPv4", "endpoints": [HOST], "ports": None},
        {"addressType": "IPv4", "endpoints": None, "ports": [PORT]},
    ],
)
def test_what_the_api_allows_besides_is_no_address(odd: dict[str, Any]) -> None:
    assert [*_endpoints((odd,))] == []
