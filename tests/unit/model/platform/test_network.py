from __future__ import annotations

import ipaddress

from pipelinekit.model.platform.network import PRIVATE, SERVICE_PORTS, Network


def test_nothing_is_said_at_first() -> None:
    assert Network() == Network(inside=(), services={})


def test_what_is_private_is_no_internet() -> None:
    networks = [ipaddress.ip_network(each) for each in PRIVATE]
    for address in ("10.1.2.3", "169.254.169.254", "192.168.1.1", "fe80::1", "fd00::1"):
        assert any(ipaddress.ip_address(address) in each for each in networks), address


def test_databases_have_their_port() -> None:
    assert SERVICE_PORTS["sql"] == (5432,)
