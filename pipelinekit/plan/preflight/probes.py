"""The pods that look a cluster over, as restricted as Kubernetes knows it, and the policy that they try."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from pipelinekit.model.ground.preflight import Object
from pipelinekit.model.ground.preparation import POD_SECURITY

SERVER, CLIENT, ACCOUNT = "network-server", "network-client", "preflight"
SECRET = "preflight-pull"  # noqa: S105 - a Secret's name
MARK = "pipelinekit.dev/preflight"
"""The label of the namespaces."""
LIFE = 600
"""Seconds after which a pod ends by itself, whatever has become of us."""
PORT = 8080

_ASK = (
    'while true; do if printf \'GET / HTTP/1.0\\r\\n\\r\\n\' | nc -w 2 "$1" "$2" 2>/dev/null | grep -q HTTP; '
    "then echo open; else echo closed; fi; sleep 1; done"
)
_NODE = (
    "echo time $(date +%s); "
    "if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo cgroups 2; "
    "elif [ -d /sys/fs/cgroup/memory ]; then echo cgroups 1; fi; "
    'for each in "$@"; do path=/proc/sys/$(echo "$each" | tr . /); '
    'if [ -r "$path" ]; then echo "$each $(cat "$path")"; fi; done'
)
"""Names of kernel settings come as arguments: none of them is read as a word of the shell."""

DENY: Object = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "deny"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}


def namespace(name: str) -> Object:
    """The namespace that all of them are in."""
    labels = {MARK: "true", f"{POD_SECURITY}/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def account(login: str) -> tuple[Object, ...]:
    """The account that they run as, which may do nothing, with the pull secret if there is a login."""
    if not login:
        return ({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT}},)
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": SECRET},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(login.encode()).decode()},
    }
    pulls = [{"name": SECRET}]
    about = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT}}
    return secret, {**about, "imagePullSecrets": pulls}


def server(image: str) -> Object:
    """What answers."""
    return _pod(SERVER, image, ["httpd", "-f", "-p", str(PORT), "-h", "/"])


def client(image: str, address: str) -> Object:
    """What says once a second whether the other one answers."""
    return _pod(CLIENT, image, ["sh", "-c", _ASK, "ask", address, str(PORT)])


def on_node(number: int, node: str, image: str, sysctls: Sequence[str]) -> Object:
    """What prints the facts of a node; it is put there past the scheduler, whatever the node's taints."""
    pod = _pod(f"node-{number}", image, ["sh", "-c", _NODE, "node", *sysctls])
    return {**pod, "spec": {**pod["spec"], "nodeName": node}}


def pulling(number: int, image: str) -> Object:
    """What makes a node ask the registry; nothing of the image needs to run."""
    pod = _pod(f"pull-{number}", image, ["/nothing-of-this-name"])
    (container,) = pod["spec"]["containers"]
    return {**pod, "spec": {**pod["spec"], "containers": [{**container, "imagePullPolicy": "Always"}]}}


def _pod(name: str, image: str, command: Sequence[str]) -> Object:
    small = {"cpu": "10m", "memory": "16Mi"}
    container = {
        "name": "probe",
        "image": image,
        "command": list(command),
        "resources": {"requests": small, "limits": {"cpu": "100m", "memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    spec = {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": LIFE,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
    }
    labels = {"app.kubernetes.io/name": "pipelinekit-preflight"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }
