"""A site where log lines arrive: OpenSearch in Elasticsearch's place, Debian's rsyslog in Fluent Bit's.

Both are components of those names, with the policies that come with them, and charts of the tests in place
of Elastic's and Fluent's. The component `logs` is as it comes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.real.components.callers import Caller, called
from tests.real.components.site import OURS, Site, image, made_site
from tests.real.kube import eventually
from tests.testbed import opensearch
from tests.testbed.layout import Layout

SERVER, SHIPPER, JOB = "elasticsearch", "fluent-bit", "logs"
STREAM = "kubernetes"
_DATA = "/usr/share/opensearch/data"
_CLOSED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass
class Shipped:
    """The site, and a pod of an application's that asks the server; lines are of namespaces of `team`."""

    site: Site
    team: str
    asking: Caller

    def found(self, *terms: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The lines that have all of these, a thousand at most; none while the server does not answer."""
        filters = [{"term": dict(each)} for each in terms]
        body = {"size": 1000, "query": {"bool": {"filter": filters}}}
        status, said = self.asking.ask(f"/{STREAM}/_search", body=body)
        return [each["_source"] for each in said["hits"]["hits"]] if status == 200 else []

    def scaled(self, servers: int) -> None:
        """So many servers, none or one, as soon as they are there or gone."""
        scaled(self.site, servers)

    def sending(self, on: bool) -> None:
        """Have the shipper run, or stop, as one of each node is stopped: by a node that is not there."""
        chosen = {"pipelinekit.dev/nowhere": None if on else "true"}
        patch = json.dumps({"spec": {"template": {"spec": {"nodeSelector": chosen}}}})
        self.site.kubectl(SHIPPER, "patch", "daemonset", SHIPPER, "--patch", patch)
        if on:
            self.site.kubectl(SHIPPER, "rollout", "status", f"daemonset/{SHIPPER}", "--timeout=90s")
        else:
            pods = ("pod", "--selector", f"app.kubernetes.io/name={SHIPPER}", "--output", "name")
            assert eventually(lambda: not self.site.kubectl(SHIPPER, "get", *pods).strip(), 90)

    def data(self) -> Path:
        """What is on the server's volume, as the node has it."""
        words = ("get", "pvc", f"data-{SERVER}-0", "--output", "jsonpath={.spec.volumeName}")
        return self.site.platform.folder / "volumes" / self.site.kubectl(SERVER, *words)


@contextmanager
def shipped(folder: Path, env: Mapping[str, str], team: str) -> Iterator[Shipped]:
    """A site with all three."""
    with made_site(folder, env) as made:
        # What their policies name is renamed with them.
        made.take(SERVER, SHIPPER, JOB, "kibana")
        prepare(made, team)
        made.on(elasticsearch={}, logs=values(made), fluent_bit={})
        made.deploy(400)
        asking = called(made, "payments", {"app.kubernetes.io/component": "web"})
        asking.address = f"http://{SERVER}-es-http.{made.namespace(SERVER)}:9200"
        assert eventually(lambda: asking.ask("/")[0] == 200, 60)
        yield Shipped(made, team, asking)


def scaled(site: Site, servers: int) -> None:
    """Have so many servers, none or one, and return as soon as they are there or gone."""
    site.kubectl(SERVER, "scale", "statefulset", SERVER, f"--replicas={servers}")
    if servers:
        site.kubectl(SERVER, "rollout", "status", f"statefulset/{SERVER}", "--timeout=180s")
    else:
        site.kubectl(SERVER, "wait", "--for=delete", f"pod/{SERVER}-0", "--timeout=90s")


def prepare(site: Site, team: str) -> None:
    """What there has to be before those that are taken are rolled out: images, charts in place of others."""
    layout = Layout.from_environment()
    opensearch.image(layout)
    opensearch.shipper(layout)
    _server(site)
    _shipper(site, team, os.path.realpath(layout.state / "pod-logs"))
    site.space(SERVER)
    site.volume()


def values(site: Site) -> dict[str, Any]:
    """Of the component `logs`, for a server without Elastic's own: no policy by age, no users."""
    return {
        "image": image(site.env, "library/python:3.11-slim"),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "elasticsearch": {
            "address": f"http://{SERVER}-es-http.{site.namespace(SERVER)}.svc:9200",
            "authority": {"secret": ""},
            "login": {"secret": ""},
        },
        "template": {"replicas": 0, "refresh": "1s", "json": "flat_object"},
        "retention": {"days": 0},
        "writer": {"secret": ""},
        "snapshots": {
            "repository": "backups",
            "type": "fs",
            "settings": {"location": f"{_DATA}/snapshots"},
            "suspend": True,
            "keep": 1,
        },
        "suspend": True,
    }


def _server(site: Site) -> None:
    labels = {"app.kubernetes.io/name": SERVER, "pipelinekit.dev/part": "server"}
    container = {
        "name": SERVER,
        "image": _whole(site, opensearch.IMAGE),
        "ports": [{"containerPort": 9200}, {"containerPort": 9300}],
        "readinessProbe": {"httpGet": {"path": "/_cluster/health", "port": 9200}, "periodSeconds": 2},
        "resources": {"requests": {"cpu": "50m", "memory": "512Mi"}, "limits": {"memory": "640Mi"}},
        "securityContext": _CLOSED,
        "volumeMounts": [
            {"name": "data", "mountPath": _DATA},
            *({"name": "scratch", "mountPath": each} for each in ("/tmp", "/usr/share/opensearch/logs")),
        ],
    }
    security = {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000}
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": {**security, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "scratch", "emptyDir": {}}],
    }
    claim = {
        "storageClassName": site.storage_class,
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    stateful = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": SERVER},
        "spec": {
            "serviceName": f"{SERVER}-es-http",
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{SERVER}-es-http"},
        "spec": {"selector": labels, "ports": [{"name": "https", "port": 9200}]},
    }
    _chart(site, SERVER, ("optional", "calls", "offers", "accepts", "peers"), stateful, service)


def _shipper(site: Site, team: str, logs: str) -> None:
    """It reads files of the team's containers alone: the node is everybody's."""
    labels = {"app.kubernetes.io/name": SHIPPER, "pipelinekit.dev/part": "server"}
    state = site.platform.folder / "state"
    state.mkdir()
    env = {
        "LOGS": f"/var/log/containers/*_{team}-dev_*.log",
        "SERVER": f"{SERVER}-es-http.{site.namespace(SERVER)}.svc",
    }
    container = {
        "name": SHIPPER,
        "image": _whole(site, opensearch.SHIPPER),
        "env": [{"name": key, "value": each} for key, each in env.items()],
        # As Fluent Bit: root, who owns the files, and without any capability.
        "securityContext": {**_CLOSED, "runAsUser": 0, "privileged": False},
        "volumeMounts": [
            {"name": "log", "mountPath": "/var/log", "readOnly": True},
            # The links in there lead to where this node's container runtime writes.
            {"name": "written", "mountPath": logs, "readOnly": True},
            {"name": "state", "mountPath": "/state"},
            {"name": "scratch", "mountPath": "/tmp"},
        ],
    }
    pod = {
        "serviceAccountName": SHIPPER,
        "terminationGracePeriodSeconds": 3,
        "tolerations": [{"operator": "Exists"}],
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [
            {"name": "log", "hostPath": {"path": "/var/log", "type": "Directory"}},
            {"name": "written", "hostPath": {"path": logs, "type": "Directory"}},
            {"name": "state", "hostPath": {"path": str(state), "type": "Directory"}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }
    daemon = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": SHIPPER},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
    name = f"{site.platform.prefix}-{SHIPPER}"
    rights = {"apiGroups": [""], "resources": ["pods", "namespaces"], "verbs": ["get", "list", "watch"]}
    group = "rbac.authorization.k8s.io"
    account = {"kind": "ServiceAccount", "name": SHIPPER, "namespace": site.namespace(SHIPPER)}
    _chart(
        site,
        SHIPPER,
        ("needs", "optional", "calls", "scrape", "apiServer", "node"),
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": SHIPPER}},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": [rights],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [account],
        },
        daemon,
    )


def _chart(site: Site, name: str, kept: tuple[str, ...], *objects: Mapping[str, Any]) -> None:
    """Have a component be a chart of these; of its document these keys stay, and who it is."""
    folder = site.platform.folder / "platform-charts" / name
    own = yaml.safe_load((OURS / name / "component.yaml").read_text())
    keys = ("apiVersion", "kind", "metadata", "policies", *kept)
    document = {**{key: own[key] for key in keys}, "namespace": site.namespace(name), "chart": "chart"}
    if name == SERVER:
        # It speaks no TLS here.
        document["offers"] = [{**each, "application": "http"} for each in own["offers"]]
    # Nothing of the operator is here.
    document["needs"] = [each for each in document.get("needs", []) if each != "eck"]
    (folder / "component.yaml").write_text(json.dumps(document))
    (folder / "chart" / "templates").mkdir(parents=True)
    about = {"apiVersion": "v2", "name": f"{site.platform.prefix}-{name}", "version": "1.0.0"}
    (folder / "chart" / "Chart.yaml").write_text(json.dumps({**about, "appVersion": "1.0.0"}))
    for place, each in enumerate(objects):
        (folder / "chart" / "templates" / f"{place}.yaml").write_text(json.dumps(each))


def _whole(site: Site, name: str) -> str:
    found = image(site.env, name)
    return f"{found['registry']}/{found['repository']}@{found['digest']}"
