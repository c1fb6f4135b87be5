"""Small clusters in YAML, as a chart would render them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import ContainerPort, Grounds, Pod
from pipelinekit.model.network.mesh import Mesh
from pipelinekit.plan.network.rendered.identities import read_authentication, read_authorization
from pipelinekit.plan.network.rendered.policies import read_policy

GROUNDS = Grounds(
    api_servers=("192.0.2.1:6443",),
    nodes=("192.0.2.0/24",),
    pods=("10.244.0.0/16",),
    services=("10.96.0.0/12",),
)
HTTP = ContainerPort(name="http", number=8080)


def pod(name: str, namespace: str = "shops", **fields: Any) -> Pod:
    """A pod with the label app: its name, and a port `http`."""
    given = {"labels": {"app": name}, "ports": (HTTP,), "account": name, "owner": name}
    return Pod(name=f"{namespace}/{name}", namespace=namespace, **{**given, **fields})


def policy(text: str, name: str = "it", namespace: str = "shops", **metadata: Any) -> dict[str, Any]:
    """A NetworkPolicy of that specification."""
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": yaml.safe_load(text),
    }


def cluster(
    *pods: Pod,
    policies: tuple[dict[str, Any], ...] = (),
    mesh: tuple[dict[str, Any], ...] = (),
    namespaces: Mapping[str, Mapping[str, str]] | None = None,
    grounds: Grounds = GROUNDS,
) -> Cluster:
    """A cluster of these pods and objects."""
    authorizations = [read_authorization(each, "shops") for each in mesh if "Auth" in each["kind"][:5]]
    peers = [read_authentication(each, "shops") for each in mesh if each["kind"] == "PeerAuthentication"]
    return Cluster(
        pods=pods,
        namespaces=namespaces or {},
        policies=tuple(read_policy(each, "shops") for each in policies),
        mesh=Mesh(authorizations=tuple(authorizations), authentications=tuple(peers)),
        grounds=grounds,
    )


def with_sidecar(given: Pod) -> Pod:
    """The same in the mesh."""
    return replace(given, sidecar=True)
