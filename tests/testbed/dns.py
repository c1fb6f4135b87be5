"""The cluster's name service: CoreDNS as a pod of kube-system, where network policies expect to find it."""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING, Any

from tests.testbed import binaries, cluster, network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.api import Api

_LABELS = {"k8s-app": "kube-dns"}  # the label by which everybody's policies allow name lookups
_META: Mapping[str, object] = {"name": "coredns", "namespace": "kube-system"}


def apply(api: Api) -> None:
    """Makes sure of CoreDNS and its Service. Raises ToolFailedError."""
    core, apps = "/api/v1/namespaces/kube-system", "/apis/apps/v1/namespaces/kube-system"
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    things: dict[str, Mapping[str, object]] = {
        f"{core}/serviceaccounts/coredns": {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": _META,
        },
        f"{rbac}/clusterroles/system:coredns": _role(),
        f"{rbac}/clusterrolebindings/system:coredns": _binding(),
        f"{core}/configmaps/coredns": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": _META,
            "data": {"Corefile": _corefile()},
        },
        f"{core}/services/kube-dns": _service(),
        f"{apps}/deployments/coredns": _deployment(),
    }
    for path, thing in things.items():
        api.apply(path, thing)


def answers() -> bool:
    """Whether the cluster's name server knows the API server's Service."""
    name = f"kubernetes.default.svc.{network.CLUSTER_DOMAIN}"
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    identity = secrets.token_bytes(2)
    # One question, recursion desired, type A, class IN.
    query = identity + b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.5)
        try:
            client.sendto(query, (network.DNS_SERVICE, 53))
            answer = client.recv(512)
        except OSError:
            return False
    return answer[:2] == identity and socket.inet_aton(network.API_SERVICE) in answer


def _corefile() -> str:
    upstream = "    forward . /etc/resolv.conf\n" if cluster.has_upstream_resolver() else ""
    return (
        ".:53 {\n    errors\n    health\n    ready\n"
        f"    kubernetes {network.CLUSTER_DOMAIN} in-addr.arpa {{\n        pods insecure\n    }}\n"
        # Tests create and remove Services all the time: a long memory for failures would slow them.
        f"{upstream}    cache 5 {{\n        denial 9984 1\n    }}\n}}\n"
    )


def _role() -> dict[str, object]:
    def may(group: str, *resources: str) -> dict[str, object]:
        return {"apiGroups": [group], "resources": list(resources), "verbs": ["list", "watch"]}

    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "system:coredns"},
        "rules": [may("", "services", "pods", "namespaces"), may("discovery.k8s.io", "endpointslices")],
    }


def _binding() -> dict[str, object]:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "system:coredns"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "system:coredns"},
        "subjects": [{"kind": "ServiceAccount", "name": "coredns", "namespace": "kube-system"}],
    }


def _service() -> dict[str, object]:
    ports = [{"name": f"dns-{kind.lower()}", "port": 53, "protocol": kind} for kind in ("UDP", "TCP")]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": _LABELS},
        "spec": {"clusterIP": network.DNS_SERVICE, "selector": _LABELS, "ports": ports},
    }


def _deployment() -> dict[str, object]:
    container: dict[str, Any] = {
        "name": "coredns",
        "image": f"{network.REGISTRY}/{binaries.COREDNS.image}",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**_META, "labels": _LABELS},
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "template": {
                "metadata": {"labels": _LABELS},
                "spec": {
                    "serviceAccountName": "coredns",
                    "priorityClassName": "system-cluster-critical",
                    "dnsPolicy": "Default",  # the machine's own name servers are its upstream
                    "terminationGracePeriodSeconds": 1,
                    "containers": [container],
                    "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
                },
            },
        },
    }
