"""Pods, events and what makes pods, as a cluster answers with them, cut to what counts."""

from __future__ import annotations

from typing import Any

MADE = "2026-11-28T15:03:56Z"
LATER = "2026-11-28T15:04:23Z"


def pod(status: dict[str, Any], spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    about = {"name": "orders-1", "uid": "u1", "creationTimestamp": MADE, **metadata}
    containers = {"containers": [{"name": "web", "image": "host/orders@sha256:aa"}]}
    return {"kind": "Pod", "metadata": about, "spec": spec or containers, "status": status}


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    status = {"name": "web", "image": "host/orders@sha256:aa", "ready": False, "restartCount": 0}
    return {"phase": "Pending", "containerStatuses": [{**status, "state": state, "lastState": {}, **more}]}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return container({"waiting": {"reason": reason, "message": message}}, **more)


def event(reason: str, message: str, at: str = LATER, **involved: Any) -> dict[str, Any]:
    about = {"kind": "Pod", "name": "orders-1", "uid": "u1", **involved}
    return {"involvedObject": about, "reason": reason, "message": message, "lastTimestamp": at}


def maker(kind: str, status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    metadata = {"name": "orders-x", "uid": "u2", "generation": 1, "creationTimestamp": MADE}
    return {"kind": kind, "metadata": metadata, "spec": {"replicas": 1, **spec}, "status": status}
