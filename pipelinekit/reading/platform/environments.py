"""An environment of `platform.yaml`, what its namespaces get, and what is said of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.network import SERVICE_PORTS, Network
from pipelinekit.model.platform.quota import RESTRICTED, Quota
from pipelinekit.names import meant, nearest
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.platform import gates
from pipelinekit.reading.platform.clusters import check_networks

Data = Mapping[str, Any]

_OURS = "pipelinekit.dev/"
_LABELS = ("role", "service")
"""Of ours, the labels of namespaces that policies ask for."""
_VAULT = "vault"
"""The kind of services that has the ports of the vault's address."""


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
    """Add a fault for each text that is no network, and each kind of services with a misspelt name."""
    said = faults.mapping(source.data, "network")
    check_networks(source, ("network", "inside"), said.get("inside"))
    for kind in faults.mapping(said, "services"):
        # Any name may be a kind's: letters in another order are nobody's choice.
        swapped = next((each for each in SERVICE_PORTS if each != kind and sorted(each) == sorted(kind)), "")
        if swapped:
            hint = f"did you mean '{swapped}'?"
            path = ("network", "services", kind)
            source.fault(path, "service-kind", f"'{kind}' is no kind of services that is known", hint)
    _check_labels(source, {*SERVICE_PORTS, _VAULT, *faults.mapping(said, "services")})


def _check_labels(source: Source, kinds: set[str]) -> None:
    """Tell of namespaces whose label opens nothing: a kind of services without ports, or no label."""
    for index, each in enumerate(faults.items(source.data, "clusters")):
        for name, labels in faults.mapping(faults.mapping(each, "network"), "namespaces").items():
            path: Path = ("clusters", index, "network", "namespaces", name)
            for key, kind in labels.items() if isinstance(labels, Mapping) else ():
                word = key.removeprefix(_OURS) if key.startswith(_OURS) else ""
                if word == "service" and isinstance(kind, str) and kind not in kinds:
                    problem = f"nothing says which ports a service '{kind}' has"
                    hint = f"{nearest(kind, kinds)}; or network: {{services: {{{kind}: [PORT]}}}}"
                    source.fault((*path, key), "service-kind", problem, hint)
                elif word and word not in _LABELS and meant(word, _LABELS):
                    source.fault(
                        (*path, key), "label-unknown", "no policy asks for this label", meant(word, _LABELS)
                    )
