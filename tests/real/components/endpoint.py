"""Somebody else's MinIO: one server in a namespace that no component is in, with a bucket for copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.real.components.site import Site

NAME, ROOT = "s3", "copier"


def endpoint(
    site: Site, space: str, image: Mapping[str, str], key: str, *, port: int = 9000, certificate: str = ""
) -> None:
    """Begin it, as `s3` at a port, over TLS with the Secret of a certificate; who may do all has this key."""
    site.space(space)
    metadata = {"name": NAME, "namespace": site.namespace(space), "labels": {"app": NAME}}
    spec = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "fsGroup": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image, key, port, certificate)],
        "volumes": [{"name": "data", "emptyDir": {}}, {"name": "certs", **_certs(certificate)}],
    }
    site.apply(
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": {"app": NAME}, "ports": [{"port": port}]},
        },
    )
    site.kubectl(space, "wait", "--for=condition=Ready", f"pod/{NAME}", "--timeout=120s")
    address = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
    script = f"mc --insecure -q alias set here {address} > /dev/null; mc --insecure -q mb here/copies"
    words = ("exec", "-i", NAME, "--", "sh", "-ec", script)
    site.said(space, *words, stdin=f"{ROOT}\n{key}\n")


def _container(image: Mapping[str, str], key: str, port: int, certificate: str) -> dict[str, Any]:
    login = {"MINIO_ROOT_USER": ROOT, "MINIO_ROOT_PASSWORD": key, "HOME": "/tmp"}
    ready = {"path": "/minio/health/cluster", "port": port, "scheme": "HTTPS" if certificate else "HTTP"}
    places = {"/data": "data", "/tmp": "data", "/certs": "certs"}
    return {
        "name": NAME,
        "image": f"{image['registry']}/{image['repository']}@{image['digest']}",
        "command": ["minio", "server", f"--address=:{port}", "--certs-dir=/certs", "/data"],
        "env": [{"name": name, "value": each} for name, each in login.items()],
        "readinessProbe": {"httpGet": ready, "periodSeconds": 1},
        "volumeMounts": [{"name": name, "mountPath": path} for path, name in places.items()],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }


def _certs(certificate: str) -> dict[str, Any]:
    if not certificate:
        return {"emptyDir": {}}
    files = {"tls.crt": "public.crt", "tls.key": "private.key", "ca.crt": "CAs/ca.crt"}
    items = [{"key": key, "path": path} for key, path in files.items()]
    return {"secret": {"secretName": certificate, "items": items}}
