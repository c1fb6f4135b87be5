"""A site with a service broker: its values, PostgreSQL's, and an application that is bound."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.real.components.broker import DATABASE, LARGE, NAME, PASSWORD, SERVICE, SMALL, sql
from tests.real.components.site import Site, image, made_site, postgresql
from tests.real.kube import eventually
from tests.testbed import servers
from tests.testbed.layout import Layout

PLANS: list[dict[str, Any]] = [
    {"id": SMALL, "name": "small", "description": "Ten connections", "connections": 10},
    {"id": LARGE, "name": "large", "description": "Twenty connections", "connections": 20, "free": False},
]


def values(site: Site, *more: dict[str, Any]) -> dict[str, Any]:
    """What a small node gets."""
    service = {"kind": "postgresql", "id": SERVICE, "name": "postgresql", "description": "A database"}
    return {
        "image": image(site.env, servers.BROKER),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "services": [{**service, "tags": ["sql"], "plans": [*PLANS, *more]}],
        "database": {"host": f"{DATABASE}.{site.namespace(DATABASE)}.svc"},
        "resources": {"cpu": "20m", "memory": "128Mi", "disk": "32Mi"},
    }


def database(site: Site) -> dict[str, Any]:
    """PostgreSQL's values."""
    declared = {"name": "broker", "secret": "service-broker-db", "creates": True}
    return postgresql(site, declared, settings={"log_statement": "all"})


@contextmanager
def brokered(folder: Path, env: Mapping[str, str]) -> Iterator[Site]:
    """A site with PostgreSQL and two brokers."""
    servers.broker(Layout.from_environment())
    with made_site(folder, env) as made:
        made.take(NAME, DATABASE)
        for each in (NAME, DATABASE):
            made.space(each)
            made.secret(each, "service-broker-db", password=PASSWORD)
        made.secret(DATABASE, DATABASE, password=PASSWORD)
        made.secret(NAME, NAME, username="platform", password=PASSWORD, key="0" * 40)
        made.volume()
        made.volume()
        made.on(postgresql=database(made), service_broker=values(made))
        made.deploy(400)
        yield made


def brokers(site: Site) -> list[str]:
    """The pods that are ready."""
    words = ("get", "pods", "--selector", "pipelinekit.dev/part=server", "--output", "json")
    items = json.loads(site.kubectl(NAME, *words))["items"]
    return [
        each["metadata"]["name"]
        for each in items
        if "deletionTimestamp" not in each["metadata"]
        and any(one["type"] == "Ready" and one["status"] == "True" for one in each["status"]["conditions"])
    ]


def psql(site: Site, statement: str) -> str:
    """What the application's pod is told that logs in with its Secret; the reason where it may not."""
    script = 'psql "$DATABASE_URL" -At -c "$1" 2>&1 || true'
    return site.kubectl("payments", "exec", "orders", "--", "sh", "-c", script, "sh", statement).strip()


def limit(site: Site, name: str) -> str:
    """How many connections a database takes at a time."""
    return sql(site, f"SELECT datconnlimit FROM pg_database WHERE datname = '{name}'")  # noqa: S608


def held_up(statement: str) -> str:
    """Asks how many sessions wait in such a statement for somebody else's lock."""
    which = f"query LIKE '{statement}%' AND wait_event_type = 'Lock'"
    return f"SELECT count(*) FROM pg_stat_activity WHERE {which}"  # noqa: S608


def application(site: Site) -> None:
    """A pod of the application, which has its binding's Secret."""
    found = image(site.env, "library/postgres:15")
    key = {"secretKeyRef": {"name": "orders-db", "key": "uri"}}
    container = {
        "name": "orders",
        "image": f"{found['registry']}/{found['repository']}@{found['digest']}",
        "command": ["sleep", "3600"],
        "env": [{"name": "DATABASE_URL", "valueFrom": key}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
    }
    labels = {"app.kubernetes.io/component": "web"}
    metadata = {"name": "orders", "namespace": site.namespace("payments"), "labels": labels}
    site.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    site.kubectl("payments", "wait", "--for=condition=Ready", "pod/orders", "--timeout=120s")
    assert eventually(lambda: psql(site, "SELECT 1") == "1", 60)
