"""Workloads that somebody adds to a generated chart by hand, as text of a template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.real.app import Application

SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsUser": 65532}
OWN = {"app.kubernetes.io/instance": "orders", "app.kubernetes.io/component": "extra"}


def image(application: Application, name: str = "library/busybox:stable") -> str:
    """An image of the testbed's registry."""
    return f"{application.env['PK_TESTBED_REGISTRY']}/{name}"


def locked(application: Application) -> str:
    """An image that nodes may not pull, of a registry that a deployment cannot ask: another name of ours."""
    return image(application, "library/busybox:stable").replace("127.0.0.1", "localhost")


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
    # What begins with a bracket Helm 3's linter takes for JSON alone.
    text = "".join(f"---\n{json.dumps(each)}\n" for each in things)
    application.write(f"charts/orders/templates/{name}.yaml", text)
    application.commit()
    application.until("publish")


def apply(application: Application, *things: Mapping[str, Any]) -> None:
    """Put those objects into the application's namespace."""
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": things})
    application.tool("kubectl", "-n", application.namespace, "apply", "-f", "-", stdin=listed)


@contextmanager
def external_secrets(application: Application) -> Iterator[str]:
    """The API version of ExternalSecrets, of a group of this test's own, that nothing ever fills."""
    group = f"secrets-{uuid4().hex[:8]}.example.com"
    names = {"kind": "ExternalSecret", "plural": "externalsecrets", "singular": "externalsecret"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"externalsecrets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
    apply(application, definition)
    try:
        name = f"crd/externalsecrets.{group}"
        application.tool("kubectl", "wait", "--for=condition=Established", name, "--timeout=30s")
        yield f"{group}/v1"
    finally:
        application.tool("kubectl", "delete", "crd", f"externalsecrets.{group}", "--wait=false")


def external_secret(version: str, name: str) -> dict[str, Any]:
    """One that says that it will fill a Secret of its name."""
    metadata = {"name": name, "labels": OWN}
    return {
        "apiVersion": version,
        "kind": "ExternalSecret",
        "metadata": metadata,
        "spec": {"target": {"name": name}},
    }


def account(application: Application, tmp_path: Path, rules: list[dict[str, Any]], name: str = "few") -> Path:
    """A kubeconfig of somebody who may do that in the application's namespace, and nothing else."""
    metadata = {"name": name}
    rbac = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": name, "namespace": application.namespace}
    apply(
        application,
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "subjects": [subject],
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": name},
        },
    )
    token = application.tool("kubectl", "-n", application.namespace, "create", "token", name).strip()
    config = json.loads(application.tool("kubectl", "config", "view", "--raw", "--output", "json"))
    for user in config["users"]:
        user["user"] = {"token": token}
    path = tmp_path / f"kubeconfig-{name}"
    path.write_text(json.dumps(config))
    return path
