"""What the components' documents declare and what their charts and policies open, held against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.reading.platform.lock import FILE as LOCK
from pipelinekit.render.platformlock import platform_lock_text
from tests.pages.charts import charts
from tests.real.test_network_verb import network

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


@pytest.mark.parametrize("values", ["single-node", "production"])
def test_everything_declared_is_open_and_nothing_else_is(tmp_path: Path, values: str) -> None:
    names = [each.parent.name for each in charts()]
    registration = Registration(name="orders", team="payments", repository="https://git.example.com/orders")
    locked = LockedApplication(registration=registration, commit="c" * 40, descriptor=APP)
    (tmp_path / LOCK).write_text(platform_lock_text(PlatformLock(applications=(locked,))))
    for chart in charts():
        text = (chart / "ci" / f"{values}-values.yaml").read_text()
        (tmp_path / f"{chart.parent.name}.yaml").write_text(text)
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
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    said = network(tmp_path, "--check", "--json")
    proof = json.loads(said.stdout or "{}")
    assert said.returncode == 0, said.stderr + json.dumps(proof.get("findings"), indent=1)
    assert (proof["holds"], proof["components"], proof["applications"]) == (True, len(names), 1)
