"""Objects of a chart, as Helm renders them, cut to what counts."""

from __future__ import annotations

from typing import Any


def thing(kind: str, name: str = "orders", api: str = "v1", **more: Any) -> dict[str, Any]:
    """Any object."""
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **more}


def hook(made: dict[str, Any], when: str = "pre-install,pre-upgrade") -> dict[str, Any]:
    """The same object as a hook."""
    return {**made, "metadata": {**made["metadata"], "annotations": {"helm.sh/hook": when}}}


def deployment(*containers: dict[str, Any], replicas: int = 1, **pod: Any) -> dict[str, Any]:
    """A Deployment of those containers; `pod` is what else its pods have."""
    listed = [{"name": "web", "image": "host/orders@sha256:aa", **each} for each in containers or ({},)]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": listed, **pod}}
    return thing("Deployment", api="apps/v1", spec={"replicas": replicas, "template": template})


def variable(secret: str, key: str, **more: Any) -> dict[str, Any]:
    """A container with a variable from a Secret."""
    return {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": secret, "key": key, **more}}}]}
