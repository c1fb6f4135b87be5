"""A component with an example of every field: words that stand nowhere else."""

from __future__ import annotations

from tests.hostile.application import Document

COMPONENT: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Component",
    "metadata": {"name": "markedpart"},
    "namespace": "markedspace",
    "chart": "marked/chart",
    "values": "marked/values.yaml",
    "policies": "marked/policies",
    "needs": ["markedneed"],
    "optional": ["markedwish"],
    "offers": [
        {
            "name": "markedoffer",
            "service": "markedservice",
            "port": 8200,
            "target": "markedport",
            "pods": {"marked-podlabel": "marked-podvalue"},
        }
    ],
    "calls": ["markedcallee"],
    "accepts": ["markedcaller"],
    "reaches": ["10.77.0.0/16:5432"],
    "monitoring": True,
    "scrape": [{"port": 9090, "path": "/marked/metrics"}],
    "crds": ["things.marked.example.com"],
    "gates": [
        {
            "http": {
                "service": "markedasked",
                "port": 8200,
                "path": "/marked/health",
                "json": {"/marked/pointer": "marked-answer"},
            }
        },
        {
            "object": {
                "resource": "widgets.marked.example.org",
                "name": "markedwidget",
                "json": {"/marked/phase": "marked-phase"},
            }
        },
    ],
    "version": {
        "service": "markedteller",
        "port": 8200,
        "path": "/marked/version",
        "value": "/marked-values/version",
        "pointer": "/marked/number",
        "expected": "marked-1.2.3",
    },
    "images": ["marked-registry.example.com/marked/image:1"],
    "backup": {"cronjob": "markedbackup", "timeout": "774m"},
    "data": "marked-loss",
    "licence": "marked-licence",
    "replace": {"leader": ["marked-role=leader"], "afterwards": "marked-unsealing"},
    "controller": {"login": "markedlogin", "pipelines": True},
    "repositories": True,
    "prerequisite": {
        "object": {
            "resource": "facts.marked.example.net",
            "name": "markedfact",
            "pointer": "/marked/runs",
        },
        "network": True,
    },
    "shared": ["/marked/shared"],
    "wants": [
        {
            "value": "/marked/wanted",
            "what": "marked-want",
            "when": "/marked/on",
            "unless": ["/marked/instead"],
        }
    ],
    "node": {"sysctls": {"vm.marked_count": 7}},
}
WITH_ARCHIVE = {name: each for name, each in COMPONENT.items() if name != "chart"} | {
    "archive": {
        "name": "markedupstream",
        "repository": "https://marked-charts.example.com/stable",
        "version": "7.7.8-marked",
        "digest": "sha256:" + "7" * 64,
        "file": "marked/upstream.tgz",
    },
    "replace": {"leader": "marked-role=leader"},
}
EXTENSION = {name: COMPONENT[name] for name in ("apiVersion", "kind", "metadata")} | {
    "extension": "marked-purpose"
}
