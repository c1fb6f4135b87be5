"""Sets of addresses, as intervals of numbers: what a block covers, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network

Interval = tuple[int, int, int]
"""The version of IP, the first and the last address."""
Addresses = tuple[Interval, ...]


@lru_cache(maxsize=4096)
def block(cidr: str, excepted: tuple[str, ...] = ()) -> Addresses:
    """The addresses of a network without some of it; raises `ValueError` for what is no network."""
    found: Addresses = (_interval(cidr),)
    return minus(found, tuple(_interval(each) for each in excepted))


@lru_cache(maxsize=4096)
def networks(cidrs: tuple[str, ...], excepted: tuple[str, ...] = ()) -> Addresses:
    """Those of several networks."""
    return minus(tuple(map(_interval, cidrs)), tuple(map(_interval, excepted)))


def _interval(cidr: str) -> Interval:
    network = ip_network(cidr, strict=False)
    return network.version, int(network.network_address), int(network.broadcast_address)


def minus(addresses: Addresses, others: Iterable[Interval]) -> Addresses:
    """What is in the first and in none of the others."""
    found = addresses
    for version, low, high in others:
        left: list[Interval] = []
        for each in found:
            if each[0] != version or high < each[1] or low > each[2]:
                left.append(each)
                continue
            if each[1] < low:
                left.append((version, each[1], low - 1))
            if high < each[2]:
                left.append((version, high + 1, each[2]))
        found = tuple(left)
    return found


def text(addresses: Addresses) -> str:
    """The first of them, and whether there are more."""
    version, low, high = addresses[0]
    # The class tells versions apart by size alone: a small number of version 6 would be one of version 4.
    first, last = (ip_address(each.to_bytes(4 if version == 4 else 16)) for each in (low, high))
    more = " and more" if len(addresses) > 1 else ""
    return f"{first}{more}" if low == high else f"{first}-{last}{more}"
