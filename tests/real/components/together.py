"""A site of all components that can run here, those that others stand in for among them.

OpenSearch and rsyslog stand in for Elasticsearch and Fluent Bit as in `shipping`; the programs of Jenkins and
Nexus are their doubles. Each has a file of its own, which does more with it than begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from tests import agentimage
from tests.real.components import (
    brokered,
    controlled,
    images,
    nexus,
    shipping,
    test_cassandra,
    test_keycloak,
    test_minio,
    test_openbao,
    test_prometheus,
)
from tests.real.components.controlled import Controlled
from tests.real.components.site import Site, image, made_site, postgresql
from tests.testbed import cassandra, servers
from tests.testbed.layout import Layout
from tests.testbed.network import POD_NETWORK, SERVICE_NETWORK

# A namespace that two of them share is named by the first.
NAMES = (
    *("alertmanager", "cassandra", "elasticsearch", "fluent-bit", "jenkins", "keycloak", "logs"),
    *("minio", "nexus", "openbao", "postgresql", "prometheus", "service-broker"),
)
TEAM = "nobody"
"""No application is here whose lines would be sent."""
PASSWORD = "a:b\\c'd\"e$(f) `g`"
_SECRETS: dict[str, dict[str, dict[str, str]]] = {
    "alertmanager": {"chat": {"platform": "http://127.0.0.1:9/\n"}},
    "cassandra": {
        "cassandra": {"password": PASSWORD},
        "orders-cassandra": {"password": PASSWORD},
        "shop-cassandra": {"word": PASSWORD},
    },
    "keycloak": {
        "keycloak-db": {"password": PASSWORD},
        "keycloak-admin": {"password": PASSWORD, "client-secret": PASSWORD},
        "jenkins-login": {"client-secret": PASSWORD},
        "orders-login": {"word": PASSWORD},
    },
    "minio": {
        "minio": {"accessKey": "admin", "secretKey": test_minio.KEY},
        "orders-s3": {"accessKey": "orders", "secretKey": test_minio.KEYS["orders"]},
        "reader-s3": {"accessKey": "reader", "secretKey": test_minio.KEYS["reader"]},
    },
    "openbao": {"openbao-seal": {"key": test_openbao.SEAL}},
    "postgresql": {
        "postgresql": {"password": PASSWORD},
        "keycloak-db": {"password": PASSWORD},
        "service-broker-db": {"password": PASSWORD},
    },
    "prometheus": {},
    "service-broker": {
        "service-broker": {"username": "platform", "password": PASSWORD, "key": "0" * 40},
        "service-broker-db": {"password": PASSWORD},
    },
}
_LABELS = {
    "minio": {"pipelinekit.dev/service": "files"},
    "openbao": {"pipelinekit.dev/service": "vault"},
    "prometheus": {"pipelinekit.dev/role": "monitoring"},
}
# Of two Alertmanagers, four MinIOs, three OpenBaos, and of three who keep a backup beside one server's data.
_VOLUMES = 2 + 4 + 4 + 2 + 2 + 2


@dataclass
class Together:
    """The site; `on` writes platform.yaml with all of them."""

    site: Site
    jenkins: Controlled

    def on(self, **values: Mapping[str, Any]) -> None:
        """Values are laid over what each was given before."""
        every: dict[str, Mapping[str, Any]] = {name.replace("-", "_"): {} for name in NAMES}
        self.site.on(**{**every, "jenkins": self.jenkins.values, **values})
        self.jenkins.declare()
        path = self.site.platform.folder / "platform.yaml"
        document = {**json.loads(path.read_text()), "nexus": nexus.SECTION}
        document["clusters"][0]["network"] |= {
            "pods": _pods(),
            "services": [SERVICE_NETWORK],
            "namespaces": {self.site.namespace(name): labels for name, labels in _LABELS.items()},
        }
        path.write_text(json.dumps(document))


def _pods() -> list[str]:
    """The addresses that pods get: all of their network but the node's own, its first."""
    network = IPv4Network(POD_NETWORK)
    return [str(each) for each in network.address_exclude(IPv4Network(f"{network[1]}/32"))]


@contextmanager
def made_together(folder: Path, env: Mapping[str, str]) -> Iterator[Together]:
    """The platform, written and not deployed; all goes after the block."""
    layout = Layout.from_environment()
    servers.keycloak(layout)
    servers.broker(layout)
    cassandra.image(layout)
    agent = agentimage.built(env["PK_TESTBED_REGISTRY"], folder / "agent")
    found = {
        "alertmanager": images.alertmanager(env, folder),
        "minio": images.minio(env, folder),
        "prometheus": images.prometheus(env, folder),
        "state": images.state_metrics(env, folder),
        "nexus": nexus.double(env, folder / "nexus"),
    }
    controller, inbound = controlled.double(env, folder / "controller")
    (folder / "platform").mkdir()
    with made_site(folder / "platform", env) as site:
        # What the policy of its server names is renamed with them.
        site.take(*NAMES, "kibana")
        shipping.prepare(site, TEAM)
        made = Together(site, controlled.prepared(site, agent, controller, inbound))
        server = nexus.prepared(site, found["nexus"], agent)
        for name, secrets in _SECRETS.items():
            site.space(name, _LABELS.get(name))
            for secret, content in secrets.items():
                site.secret(name, secret, **content)
        for _ in range(_VOLUMES):
            site.volume()
        made.on(**_values(site, found), nexus=server)
        yield made


def _values(site: Site, found: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, Any]]:
    """What a small node gets of each, as in its own file; Nexus and Jenkins are left out."""
    databases: list[dict[str, Any]] = [
        {"name": "keycloak", "secret": "keycloak-db"},
        {"name": "broker", "secret": "service-broker-db", "creates": True},
    ]
    small = {"cpu": "10m", "memory": "128Mi", "disk": "32Mi"}
    exporter = image(site.env, "prometheuscommunity/postgres-exporter:0.11")
    return {
        "alertmanager": {
            "image": found["alertmanager"],
            "mirror": site.env["PK_TESTBED_REGISTRY"],
            "storage": {"class": site.storage_class, "size": "1Gi"},
            "resources": small,
            "receivers": [{"name": "platform", "webhooks": [{"secret": "chat", "key": "platform"}]}],
            "receiver": "platform",
        },
        "cassandra": test_cassandra.values(site),
        "keycloak": test_keycloak.values(site),
        "logs": shipping.values(site),
        "minio": test_minio.values(site, found["minio"], backup={"enabled": False}),
        "openbao": test_openbao.values(site),
        "postgresql": postgresql(site, *databases, metrics={"enabled": True, "image": exporter}),
        "prometheus": test_prometheus.values(
            site,
            image=found["prometheus"],
            state={"image": found["state"], "resources": small},
            alerting={"namespace": site.namespace("alertmanager")},
        ),
        "service_broker": brokered.values(site),
    }
