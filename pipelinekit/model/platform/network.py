"""What a platform says of its network, for the rules that charts bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass

PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
)
"""What is not the internet anywhere: addresses that are private or the node's own."""

SERVICE_PORTS: Mapping[str, tuple[int, ...]] = {
    "sql": (5432,),
    "files": (443, 9000),
    "cache": (6379,),
    "queue": (5672,),
    "search": (9200,),
}
"""The ports of kinds of backing services that everybody knows; those of other kinds the platform names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`inside` are public addresses of the cluster itself; `services` has the ports of kinds of services."""

    inside: tuple[str, ...] = ()
    services: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
