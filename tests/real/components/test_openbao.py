"""OpenBao as a component: three servers that unseal themselves, logins, upgrades one by one, snapshots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.real.app import Said
from tests.real.components.site import Site, image, made_site
from tests.real.kube import eventually

pytestmark = pytest.mark.story

NAME = "openbao"
SEAL = "0123456789abcdef0123456789abcdef"
PLAIN = "export BAO_ADDR=http://127.0.0.1:8200"
"""How a script in a server's pod asks that one."""


def values(site: Site, **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    small = {"cpu": "20m", "memory": "256Mi", "disk": "64Mi"}
    storage = {"class": site.storage_class, "size": "1Gi"}
    role = {
        "name": "payments-orders",
        "namespaces": [site.namespace("payments")],
        "accounts": ["orders"],
        "reads": ["secret/data/orders/*"],
    }
    return {
        "image": image(site.env, "openbao/openbao:2.7.2"),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "storage": storage,
        "resources": small,
        "roles": [role],
        "backup": {"suspend": True, "keep": 2, "storage": storage, "resources": small},
        **more,
    }


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("openbao"), testbed) as made:
        prepare(made)
        made.on(openbao=values(made))
        made.deploy()
        yield made


def prepare(site: Site, volumes: int = 4) -> None:
    """What there has to be before it is rolled out."""
    site.take(NAME)
    site.space(NAME, {"pipelinekit.dev/service": "vault"})
    site.secret(NAME, "openbao-seal", key=SEAL)
    for _ in range(volumes):
        site.volume()


def bao(site: Site, script: str, place: int = 0, ask: str = PLAIN) -> str:
    """What a script of the administrator's says, who logs in by a token of his account."""
    token = site.kubectl(NAME, "create", "token", "openbao-admin").strip()
    login = (
        f"read -r jwt; {ask}; export HOME=/tmp; "
        'BAO_TOKEN=$(printf %s "$jwt" | bao write -field=token auth/kubernetes/login role=admin jwt=-); '
        "export BAO_TOKEN; "
    )
    words = ("exec", "-i", f"{NAME}-{place}", "--", "sh", "-ec", login + script)
    return site.said(NAME, *words, stdin=token + "\n").strip()


def leader(site: Site) -> str:
    """The pod that says that it is the active one."""
    words = (
        "get",
        "pods",
        "--selector",
        "openbao-active=true",
        "--output",
        "jsonpath={.items[*].metadata.name}",
    )
    return site.kubectl(NAME, *words)


@pytest.mark.matrix("components")
def test_three_servers_choose_a_leader_and_a_second_run_does_nothing(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    assert eventually(lambda: leader(site) != "", 30)
    # A server that has joined gets a vote once it has been sound for ten seconds.
    assert eventually(lambda: voters(site) == {f"{NAME}-{place}" for place in range(3)}, 30)
    site.platform.must("verify")


def application(site: Site, address: str, authority: str = "") -> Callable[[str], str]:
    """Begin a pod of an application's; what reads a secret in it.

    `authority` is the ConfigMap that has in `ca.crt` by whom the server is known.
    """
    site.space("payments")
    metadata = {"name": "orders", "namespace": site.namespace("payments")}
    labels = {"app.kubernetes.io/name": "orders", "app.kubernetes.io/component": "web"}
    found = values(site)["image"]
    container = {
        "name": "orders",
        "image": f"{found['registry']}/{found['repository']}@{found['digest']}",
        "command": ["sleep", "600"],
        "env": [
            {"name": "BAO_ADDR", "value": address},
            {"name": "HOME", "value": "/tmp"},
            *([{"name": "BAO_CACERT", "value": "/authority/ca.crt"}] if authority else ()),
        ],
        "volumeMounts": [{"name": "authority", "mountPath": "/authority"}] if authority else [],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsUser": 10001,
        },
    }
    spec = {
        "serviceAccountName": "orders",
        "terminationGracePeriodSeconds": 0,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "authority", "configMap": {"name": authority}}] if authority else [],
    }
    site.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "labels": labels}, "spec": spec},
    )
    site.kubectl("payments", "wait", "--for=condition=Ready", "pod/orders", "--timeout=90s")
    script = (
        "BAO_TOKEN=$(bao write -field=token auth/kubernetes/login role=payments-orders"
        " jwt=@/var/run/secrets/kubernetes.io/serviceaccount/token); export BAO_TOKEN; "
        'bao kv get -field=password "$0" 2>&1 || true'
    )

    def read(path: str) -> str:
        return site.tried(
            "payments", "exec", "orders", "--", "timeout", "10", "sh", "-c", script, path
        ).strip()

    return read


@pytest.mark.matrix("components")
def test_an_application_reads_its_secret_and_no_other(site: Site) -> None:
    bao(site, "bao kv put secret/orders/db password=s3cret; bao kv put secret/shop/db password=other")
    read = application(site, f"http://{NAME}.{site.namespace(NAME)}.svc:8200")
    assert eventually(lambda: read("secret/orders/db") == "s3cret", 30)
    assert "permission denied" in read("secret/shop/db")
    site.kubectl("payments", "label", "pod", "orders", "app.kubernetes.io/component-")
    assert eventually(lambda: "s3cret" not in read("secret/orders/db"), 30)


@pytest.mark.matrix("components")
def test_a_snapshot_is_restored(site: Site) -> None:
    bao(site, "bao kv put secret/orders/kept a=1")
    assert "bytes" in site.job(NAME, "openbao-backup", "one")
    bao(site, "bao kv metadata delete secret/orders/kept; bao kv put secret/orders/later a=1")
    assert "as it was at " in site.job(NAME, "openbao-restore", "back")
    assert eventually(lambda: leader(site) != "", 60)
    assert bao(site, "bao kv get -field=a secret/orders/kept") == "1"
    assert "No value found" in bao(site, "bao kv get secret/orders/later 2>&1 || true")


@pytest.mark.matrix("components")
def test_the_leader_is_killed_and_one_loses_its_volume(site: Site) -> None:
    before, pods = leader(site), servers(site)
    site.kubectl(NAME, "delete", "pod", before, "--grace-period=0", "--force")
    other = (int(before[-1]) + 1) % 3
    assert eventually(lambda: site.tried(NAME, "exec", f"{NAME}-{other}", "--", "true") == "", 10)
    # One that is back before the others have missed it may lead again.
    assert eventually(lambda: leader(site) != "" and _read(site, other) == "1", 60)
    assert len(pods - servers(site)) == 1
    assert eventually(lambda: _ready(site) == 3, 60)
    # Without its volume it comes back as a stranger of the same name, and is one of them again.
    lost = (int(leader(site)[-1]) + 1) % 3
    site.empty(NAME, f"data-{NAME}-{lost}")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-{lost}", "--wait")
    assert eventually(lambda: _ready(site) == 3 and _read(site, lost) == "1", 90)


def voters(site: Site, ask: str = PLAIN) -> set[str]:
    """The servers that have a vote."""
    said = bao(site, "bao operator raft list-peers -format=json", ask=ask)
    peers = json.loads(said)["data"]["config"]["servers"]
    return {each["node_id"] for each in peers if each["voter"]}


def _read(site: Site, place: int) -> str:
    try:
        return bao(site, "bao kv get -field=a secret/orders/kept", place)
    except AssertionError:
        return ""


def servers(site: Site) -> set[str]:
    """The uid of each server's pod; those of jobs are others."""
    return {uid for name, uid in site.platform.pods(NAME).items() if name[len(NAME) :] in ("-0", "-1", "-2")}


def _ready(site: Site) -> int:
    words = ("get", "statefulset", NAME, "--output", "jsonpath={.status.readyReplicas}")
    return int(site.kubectl(NAME, *words) or 0)


def replaced(said: Said) -> list[str]:
    """The pods that a rollout has deleted, in its order."""
    return [line.split("pod ")[1].split()[0] for line in said.err.splitlines() if "its deletion" in line]


@pytest.mark.matrix("components")
def test_an_upgrade_replaces_standbys_first_and_the_leader_last(site: Site) -> None:
    bao(site, "bao kv put secret/orders/kept a=1")
    before, pods = leader(site), servers(site)
    site.on(openbao=values(site, gracePeriod=20))
    said = site.deploy()
    deleted = replaced(said)
    assert "backup openbao-backup-" in said.err
    assert len(deleted) == 3
    assert deleted[-1] == before
    assert len(pods) == 3
    assert not pods & servers(site)
    assert bao(site, "bao kv get -field=a secret/orders/kept") == "1"
    assert site.platform.states() == {NAME: "unchanged"}
