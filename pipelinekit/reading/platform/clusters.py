"""A cluster of `platform.yaml`, and what is said of its addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.document import Cluster
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.schema.clusters import API_SERVER_PATTERN, NETWORK_PATTERN

Data = Mapping[str, Any]

_NETWORKS = ("nodes", "pods", "services")
_EXAMPLE = "write a network like 203.0.113.0/24 or 2001:db8::/32"


def read_cluster(data: Data) -> Cluster:
    """A cluster that the schema has passed."""
    said = data.get("network")
    return Cluster(**{**data, "network": _grounds(said) if said else None})


def _grounds(data: Data) -> Grounds:
    return Grounds(
        api_servers=tuple(data.get("apiServers", ())),
        namespaces={name: dict(labels) for name, labels in data.get("namespaces", {}).items()},
        **{each: tuple(data.get(each, ())) for each in _NETWORKS},
    )


def check_clusters(source: Source) -> None:
    """Add a fault for each text that is no network and no address with a port."""
    for index, each in enumerate(faults.items(source.data, "clusters")):
        said = faults.mapping(each, "network")
        path: Path = ("clusters", index, "network")
        for key in _NETWORKS:
            check_networks(source, (*path, key), said.get(key))
        for index, text in enumerate(faults.listed(said, "apiServers")):
            _check_address(source, (*path, "apiServers", index), text)
        _check_apart(source, path, said)


def check_networks(source: Source, path: Path, texts: Any) -> None:
    """Add a fault for each text of a list that is no network, with what it was perhaps to be."""
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        if not isinstance(text, str) or not re.match(NETWORK_PATTERN, text):
            # The schema has said so.
            continue
        problem, hint = "", _EXAMPLE
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            problem = f"'{text}' is no network"
        else:
            if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
                problem, hint = f"{text} has bits beyond its length", f"perhaps {network}"
            elif not network.prefixlen:
                problem, hint = f"{text} is every address there is", "name the cluster's own networks alone"
        if problem:
            source.fault((*path, index), "no-network", problem, hint)


def _check_address(source: Source, path: Path, text: Any) -> None:
    if not isinstance(text, str) or not re.match(API_SERVER_PATTERN, text):
        # The schema has said so.
        return
    host, _, port = text.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        source.fault(
            path, "no-network", f"'{host}' is no address", "write an address and a port: 10.0.0.5:6443"
        )
        return
    if not 1 <= int(port) <= 65_535:
        source.fault(path, "no-network", f"{port} is no port: 1 to 65535", f"perhaps {host}:6443")


def _check_apart(source: Source, path: Path, said: Data) -> None:
    """Addresses of Services are nobody's else: no pod gets one, and no API server listens there."""
    services = faults.listed(said, "services")
    for index, text in enumerate(faults.listed(said, "pods")):
        if other := _overlapped(text, services):
            problem = f"{text} overlaps {other}, which services: has"
            hint = (
                "a cluster has a network of its own for Services: kube-apiserver's --service-cluster-ip-range"
            )
            source.fault((*path, "pods", index), "networks-overlap", problem, hint)
    for index, text in enumerate(faults.listed(said, "apiServers")):
        host = str(text).rpartition(":")[0].strip("[]")
        if other := _overlapped(host, services):
            problem = f"{host} is in {other}, which services: has: it is the Service's address"
            hint = (
                "policies see the servers' own: `kubectl get endpointslices --namespace default` lists them"
            )
            source.fault((*path, "apiServers", index), "networks-overlap", problem, hint)


def _overlapped(text: Any, others: Sequence[Any]) -> str:
    """The first of these networks that has an address of this one, or nothing."""
    network = _network_of(text)
    for each in others:
        other = _network_of(each)
        if network and other and network.version == other.version and network.overlaps(other):
            return str(each)
    return ""


def _network_of(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        network = ipaddress.ip_network(text) if isinstance(text, str) else None
    except ValueError:
        return None
    # That one is everything, and is told as that.
    return network if network and network.prefixlen else None
