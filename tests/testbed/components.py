"""The testbed's parts: what starts each, and how to see that it does its work."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.testbed import api, certificates, cluster, containers, engine, network, registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.testbed.certificates import Secrets
    from tests.testbed.layout import Layout
    from tests.testbed.processes import Program


@dataclass(frozen=True)
class Component:
    """One process of the testbed. `ready` is asked of a process that runs."""

    program: Callable[[], Program]
    ready: Callable[[], bool] = lambda: True
    patience: float = 60.0  # seconds until it must be ready; several times what a busy machine needs


def components(layout: Layout, secrets: Secrets, *, engine_is_ours: bool) -> Mapping[str, Component]:
    """All parts by name, in the order in which they need each other."""
    server = cluster_api(layout, secrets)
    ours: dict[str, Component] = {}
    if engine_is_ours:
        ours["docker"] = Component(
            lambda: engine.program(layout), lambda: _listens(str(layout.docker_socket))
        )
    return {
        **ours,
        "registry": Component(
            lambda: registry.program(layout, secrets), lambda: registry.main(secrets).answers()
        ),
        "etcd": Component(lambda: cluster.etcd(layout), _etcd_healthy),
        "kube-apiserver": Component(lambda: cluster.apiserver(layout, secrets), server.ready),
        "containerd": Component(
            lambda: containers.program(layout, secrets), lambda: _listens(str(layout.containerd_socket))
        ),
        "kube-controller-manager": Component(lambda: cluster.controller_manager(layout)),
        "kube-scheduler": Component(lambda: cluster.scheduler(layout)),
        "kubelet": Component(lambda: cluster.kubelet(layout), server.node_ready),
        "kube-proxy": Component(lambda: cluster.proxy(layout)),
        "network-policies": Component(lambda: cluster.policies(layout)),
    }


def cluster_api(layout: Layout, secrets: Secrets) -> api.Api:
    return api.Api(ca=layout.pki / "ca.crt", token=secrets.admin_token)


def prepare(layout: Layout) -> Secrets:
    """The passwords, certificates and client settings that parts and clients share."""
    secrets = certificates.passwords(layout)
    certificates.for_cluster(layout)
    cluster.write_kubeconfig(layout, secrets)
    registry.write_docker_config(layout, secrets)
    return secrets


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
        except OSError:
            return False
    return True


def _etcd_healthy() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", network.ETCD_PORT, timeout=5)
    try:
        connection.request("GET", "/health")
        return b'"true"' in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
