"""A cluster of `platform.yaml`, and what is said of its addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.document import Cluster
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source

Data = Mapping[str, Any]

_NETWORKS = ("nodes", "pods", "services")


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
            _each(source, (*path, key), said.get(key), ipaddress.ip_network)
        _each(source, (*path, "apiServers"), said.get("apiServers"), _address)


def _each(source: Source, path: Path, texts: Any, read: Any) -> None:
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        try:
            read(text) if isinstance(text, str) else None
        except ValueError as error:
            source.fault((*path, index), "no-network", str(error))


def _address(text: str) -> None:
    host, _, port = text.rpartition(":")
    if not port.isdecimal():
        # The schema has said so.
        return
    ipaddress.ip_address(host.strip("[]"))
    if not 1 <= int(port) <= 65_535:
        raise ValueError(f"{port} is no port: 1 to 65535")
