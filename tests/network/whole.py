"""A platform of all components that have charts of our own and need nobody else's, small or large."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.reading.component import FILE, read_component
from pipelinekit.reading.platform.lock import FILE as LOCK
from pipelinekit.render.platformlock import platform_lock_text
from tests.pages.charts import charts

APP = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
run: {port: 8080, metrics: /metrics, secrets: {WORD: "vault:secret/orders/{env}/db#password"}}
services: [{type: sql, name: orders}, {type: files, name: invoices}]
"""
LABELS = {
    "postgresql": {"pipelinekit.dev/service": "sql"},
    "openbao": {"pipelinekit.dev/service": "vault"},
    "minio": {"pipelinekit.dev/service": "files"},
    "monitoring": {"pipelinekit.dev/role": "monitoring"},
}
"""What somebody says of the components' namespaces."""

WAYS = {"minio": ["internet:443", "192.0.2.128/25:9000"]}
"""What the platform opens to components."""

VALUES = ("single-node", "production")


def ours() -> tuple[Path, ...]:
    """Charts of components that need nothing but each other; those of wrappers have closures of their own."""
    found = {each: read_component((each.parent / FILE).read_bytes(), FILE) for each in charts()}
    names = {each.name for each in found.values()}
    return tuple(chart for chart, component in found.items() if names.issuperset(component.needs))


def write(folder: Path, values: str) -> tuple[str, ...]:
    """Write it, with an application beside it, into a folder; the names of the components."""
    names = tuple(each.parent.name for each in ours())
    registration = Registration(name="orders", team="payments", repository="https://git.example.com/orders")
    locked = LockedApplication(registration=registration, commit="c" * 40, descriptor=APP)
    (folder / LOCK).write_text(platform_lock_text(PlatformLock(applications=(locked,))))
    for chart in ours():
        text = (chart / "ci" / f"{values}-values.yaml").read_text()
        (folder / f"{chart.parent.name}.yaml").write_text(text)
    document: dict[str, Any] = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "r:5000"},
        "charts": {"repository": "oci://r:5000/charts"},
        "vault": {"address": "http://openbao.openbao:8200"},
        "clusters": [
            {
                "name": "one",
                "network": {
                    "apiServers": ["192.0.2.1:6443"],
                    "nodes": ["192.0.2.0/24"],
                    "pods": ["10.244.0.0/16"],
                    "services": ["10.96.0.0/12"],
                    "namespaces": LABELS,
                },
            }
        ],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
        "components": [
            {"name": each, "values": f"{each}.yaml", "reaches": WAYS.get(each, [])} for each in names
        ],
        "applications": [{"name": "orders", "team": "payments", "repository": registration.repository}],
    }
    (folder / "platform.yaml").write_text(json.dumps(document))
    return names
