"""A platform of components on disk, with the charts that they bring: one line of a table each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.model.platform.network import PRIVATE
from pipelinekit.plan.network.rendered.assembly import Rendered
from pipelinekit.reading import needs
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.reading.platform.lock import FILE as LOCK
from pipelinekit.render.platformlock import platform_lock_text
from pipelinekit.steps.network.closure import Closure

Data = dict[str, Any]
PORTS = {"vault": 8200, "postgres": 5432, "nexus": 8081}
LABELS = {"postgres": {"pipelinekit.dev/service": "sql"}}
DECLARED: dict[str, Data] = {
    "vault": {"accepts": ["nexus", "applications"], "apiServer": True, "peers": [{"port": 8201}]},
    "postgres": {"accepts": ["nexus", "applications"], "scrape": [{"port": 9187}]},
    "nexus": {
        "calls": ["vault", "postgres"],
        "accepts": ["ingress"],
        "reaches": ["internet:443"],
        "scrape": [{"port": 8081}],
    },
}
NETWORK: Data = {
    "apiServers": ["192.0.2.1:6443"],
    "nodes": ["192.0.2.0/24"],
    "pods": ["10.244.0.0/16"],
    "services": ["10.96.0.0/12"],
    "namespaces": LABELS,
}
_DNS: Data = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}],
}
_PRIVATE = [each for each in PRIVATE if ":" not in each]
_PRIVATE_6 = [each for each in PRIVATE if ":" in each]
_APPLICATIONS = {
    "namespaceSelector": {},
    "podSelector": {"matchExpressions": [{"key": "app.kubernetes.io/component", "operator": "Exists"}]},
}


def _in(name: str) -> Data:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}},
        "podSelector": {"matchLabels": {"app": name}},
    }


def _role(name: str) -> Data:
    return {"namespaceSelector": {"matchLabels": {"pipelinekit.dev/role": name}}}


def policy(name: str) -> Data:
    """What one component declares, as its own policy says it."""
    said = DECLARED[name]
    peers = [each["port"] for each in said.get("peers", ())]
    callers = {"nexus": _in("nexus"), "applications": _APPLICATIONS, "ingress": _role("ingress")}
    into = [{"from": [callers[each]], "ports": [{"port": PORTS[name]}]} for each in said["accepts"]]
    into += [
        {"from": [_role("monitoring")], "ports": [{"port": each["port"]}]} for each in said.get("scrape", ())
    ]
    own = [{"podSelector": {"matchLabels": {"app": name}}}]
    into += [{"from": own, "ports": [{"port": each}]} for each in peers]
    out = [_DNS, *({"to": own, "ports": [{"port": each}]} for each in peers)]
    out += [{"to": [_in(each)], "ports": [{"port": PORTS[each]}]} for each in said.get("calls", ())]
    if said.get("apiServer"):
        out.append({"to": [{"ipBlock": {"cidr": "192.0.2.1/32"}}], "ports": [{"port": 6443}]})
    if said.get("reaches"):
        out += [
            {
                "to": [
                    {"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}},
                    {"ipBlock": {"cidr": "::/0", "except": _PRIVATE_6}},
                ],
                "ports": [{"port": 443}],
            }
        ]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {
            "podSelector": {"matchLabels": {"app": name}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": into,
            "egress": out,
        },
    }


def objects(name: str) -> list[Data]:
    """What one component's chart renders."""
    ports = [PORTS[name], *(each["port"] for each in DECLARED[name].get("scrape", ()))]
    container = {
        "name": name,
        "image": "busybox",
        "ports": [{"containerPort": each} for each in dict.fromkeys(ports)],
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": {"app": name}}, "template": template},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": {"app": name}, "ports": [{"port": PORTS[name]}]},
        },
    ]


def component(name: str) -> Data:
    """Its component.yaml."""
    offer = {"name": "main", "service": name, "port": PORTS[name], "target": PORTS[name]}
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Component",
        "metadata": {"name": name},
        "namespace": name,
        "chart": "chart",
        "policies": "policies",
        "offers": [offer],
        **DECLARED[name],
    }


def write(folder: Path, applications: Mapping[str, str]) -> Path:
    """The platform in a folder; `applications` are descriptors by `team/name`. Returns platform.yaml."""
    locked = []
    for title, descriptor in applications.items():
        team, _, name = title.partition("/")
        said = Registration(name=name, team=team, repository=f"https://git.example.com/{title}")
        locked.append(LockedApplication(registration=said, commit="c" * 40, descriptor=descriptor))
    for name in DECLARED:
        there = folder / "platform-charts" / name
        _chart(there / "chart", name, objects(name))
        _chart(there / "policies", f"{name}-policies", [policy(name)])
        (there / "component.yaml").write_text(json.dumps(component(name)))
    (folder / LOCK).write_text(platform_lock_text(PlatformLock(applications=tuple(locked))))
    path = folder / "platform.yaml"
    path.write_text(json.dumps(_document(locked), indent=2))
    return path


def _document(locked: Sequence[LockedApplication]) -> Data:
    registered = [
        {
            "name": each.registration.name,
            "team": each.registration.team,
            "repository": each.registration.repository,
        }
        for each in locked
    ]
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "r:5000"},
        "charts": {"repository": "oci://r:5000/charts"},
        "clusters": [{"name": "one", "network": NETWORK}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
        "components": [{"name": name} for name in DECLARED],
        "applications": registered,
    }


def _chart(folder: Path, name: str, made: list[Data]) -> None:
    (folder / "templates").mkdir(parents=True)
    about = {"apiVersion": "v2", "name": name, "version": "1.0.0", "appVersion": "1.0.0"}
    (folder / "Chart.yaml").write_text(json.dumps(about))
    for each in made:
        (folder / "templates" / f"{each['kind'].lower()}.yaml").write_text(json.dumps(each, indent=2))


def closure(
    rendered: Sequence[Rendered] = (), apps: Sequence[App] = (), more: Sequence[Rendered] = ()
) -> Closure:
    """The platform with these objects, or with those that its charts render; `more` are applications'."""
    platform = read_platform(json.dumps(_document([])))
    described = (needs.describe(json.dumps(component(name)), f"{name}.yaml", name) for name in DECLARED)
    own = rendered or [
        Rendered(owner=name, release=release, namespace=name, objects=[(each, "") for each in made])
        for name in DECLARED
        for release, made in ((f"{name}-policies", [policy(name)]), (name, objects(name)))
    ]
    return Closure(
        platform=platform,
        environment=platform.environments[0],
        components=[each.component for each in described],
        apps=apps,
        rendered=[*own, *more],
        unseen={},
    )
