"""An application with an example of every field: words that stand nowhere else."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def _process(mark: str, number: int) -> Document:
    return {
        "command": [f"{mark}-program", f"{mark}-argument"],
        "port": 1000 + number,
        "ports": {f"{mark}-port": 2000 + number},
        "health": f"/{mark}-health",
        "metrics": f"/{mark}-metrics",
        "replicas": 2,
        "resources": {"cpu": f"{7000 + number}m", "memory": f"{7000 + number}Mi"},
        "env": {f"{mark.upper()}_VARIABLE": f"{mark}-value"},
        "secrets": {f"{mark.upper()}_SECRET": f"secret:{mark}-secret#{mark}-key"},
        "expose": {"host": f"{mark}.example.com"},
        "volumes": {
            f"{mark}-scratch": {"path": f"/{mark}/scratch", "disk": f"{8000 + number}Mi"},
            f"{mark}-kept": {
                "path": f"/{mark}/k",
                "persistent": f"{8200 + number}Mi",
                "class": f"{mark}-class",
            },
            f"{mark}-memory": {"path": f"/{mark}/memory", "memory": f"{8100 + number}Mi"},
        },
    }


APP: Document = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Application",
    "metadata": {"name": "markedname", "team": "markedteam"},
    "build": {
        "language": "python",
        "version": "9.9-marked",
        "package": "marked.package",
        "main": "marked.Main",
        "files": ["marked-files"],
        "system": {"build": ["marked-to-build"], "run": ["marked-to-run"]},
        "extensions": ["marked_extension"],
        "dependencies": ["marked.dependencies"],
        "target": "marked-stage",
        "installer": "uv@7.7-marked",
        "folder": "marked/folder",
        "commands": ["marked-build-command"],
        "test": ["tester-marked", "--marked-verbosely"],
        "args": {"MARKED_ARGUMENT": "marked-build-value"},
        "secrets": ["marked-build-secret"],
        "platforms": ["marked/platform"],
        "around": {
            stage: {"before": [f"marked-before-{stage}"], "after": [f"marked-after-{stage}"]}
            for stage in ("test", "build", "push", "package", "publish", "deploy", "verify")
        },
    },
    "run": _process("run", 1),
    "processes": {
        "markedlistener": _process("listener", 2),
        "markednightly": {"schedule": "7 3 1 2 *", "command": ["nightly-program"]},
    },
    "before": {"markedtask": ["task-program"]},
    "services": [{"type": "markedtype", "name": "markedservice", "plan": "markedplan"}],
    "calls": ["markedcallee"],
    "accepts": ["markedcaller"],
    "reaches": ["10.77.0.0/16:77"],
    "environments": {
        "markedplace": {
            **_process("there", 3),
            "reaches": ["10.78.0.0/16:78"],
            "processes": {
                "markedlistener": _process("other", 4),
                "markednightly": {"schedule": "8 4 2 3 *"},
            },
        }
    },
}

OWN_CHART: Document = {
    "path": "marked/chart",
    "values": {
        "registry": "marked.host",
        "repository": "marked.name",
        "tag": "marked.version",
        "digest": "marked.digest",
        "pullSecrets": "marked.pulling",
    },
}
IMAGES = {"base": "marked/base:1", "runtime": "marked/runtime:2"}
