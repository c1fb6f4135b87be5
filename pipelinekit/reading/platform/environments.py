"""An environment of `platform.yaml`, what its namespaces get, and what is said of the network."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.network import Network
from pipelinekit.model.platform.quota import RESTRICTED, Quota
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Source
from pipelinekit.reading.platform import gates

Data = Mapping[str, Any]


def read_environment(data: Data) -> Environment:
    """An environment that the schema has passed."""
    return Environment(
        name=data["name"],
        cluster=data["cluster"],
        namespace=data["namespace"],
        automatic=data.get("automatic", False),
        pod_security=data.get("podSecurity", RESTRICTED),
        quota=_quota(data["quota"]) if data.get("quota") else None,
        **gates.read_gates(data),
    )


def _quota(data: Data) -> Quota:
    return Quota(
        hard=_amounts(data.get("hard", {})),
        container={name: _amounts(each) for name, each in data.get("container", {}).items()},
    )


def _amounts(data: Data) -> Mapping[str, str]:
    return {name: str(each) for name, each in data.items()}


def read_network(data: Data) -> Network:
    """What the schema has passed."""
    return Network(
        inside=tuple(data.get("inside", ())),
        services={name: tuple(ports) for name, ports in data.get("services", {}).items()},
    )


def check_network(source: Source) -> None:
    """Add a fault for each text that is no network."""
    said = faults.mapping(source.data, "network").get("inside")
    for index, each in enumerate(said if isinstance(said, list) else ()):
        if not isinstance(each, str):
            continue
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            source.fault(("network", "inside", index), "no-network", str(error))
