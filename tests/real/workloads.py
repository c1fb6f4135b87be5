"""Workloads that somebody adds to a generated chart by hand, as text of a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.real.app import Application

SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsUser": 65532}
OWN = {"app.kubernetes.io/instance": "orders", "app.kubernetes.io/component": "extra"}


def image(application: Application, name: str = "library/busybox:stable") -> str:
    """An image of the testbed's registry."""
    return f"{application.env['PK_TESTBED_REGISTRY']}/{name}"


def pod(application: Application, **container: Any) -> dict[str, Any]:
    """A pod's specification that the restricted level admits; it sleeps."""
    base = {
        "name": "extra",
        "image": image(application),
        "command": ["sleep", "3600"],
        "securityContext": SECURITY,
    }
    return {
        "terminationGracePeriodSeconds": 0,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{**base, **container}],
    }


def workload(spec: Mapping[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    """A Deployment or StatefulSet `orders-extra` of one such pod."""
    more = {"serviceName": "orders"} if kind == "StatefulSet" else {}
    template = {"metadata": {"labels": OWN}, "spec": dict(spec)}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "orders-extra", "labels": OWN},
        "spec": {"replicas": 1, "selector": {"matchLabels": OWN}, "template": template, **more},
    }


def add(application: Application, *things: Mapping[str, Any], name: str = "extra") -> None:
    """Put those objects into the chart, and publish it as the next version."""
    text = "\n---\n".join(json.dumps(each) for each in things)
    application.write(f"charts/orders/templates/{name}.yaml", text)
    application.commit()
    application.until("publish")
