"""MinIO as a component: an erasure set of four, rights, backup to another endpoint, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.real.components.callers import called
from tests.real.components.endpoint import endpoint
from tests.real.components.images import minio
from tests.real.components.s3 import Customer
from tests.real.components.site import Site, made_site
from tests.real.kube import eventually
from tests.testbed.network import POD_NETWORK

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

NAME, ELSEWHERE, APPLICATION = "minio", "elsewhere", "payments"
# What a shell, JSON and an address take for something else.
KEY = "a:b\\c'd\"e$(f)%20/ `g`"
KEYS = {"admin": KEY, "orders": f"{KEY}1", "reader": f"{KEY}2"}
SERVERS = [f"{NAME}-{place}" for place in range(4)]


def values(site: Site, image: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    small = {"cpu": "20m", "memory": "512Mi", "disk": "64Mi"}
    return {
        "image": image,
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "replicas": 4,
        "storage": {"class": site.storage_class, "size": "1Gi"},
        "resources": small,
        "buckets": [{"name": "invoices", "versioned": True}, {"name": "reports"}],
        "policies": [
            {"name": "orders", "reads": ["reports"], "writes": ["invoices/2026/"]},
            {"name": "reader", "reads": ["invoices"]},
        ],
        "users": [
            {"name": "orders", "secret": "orders-s3", "policies": ["orders"]},
            {"name": "reader", "secret": "reader-s3", "policies": ["reader"]},
        ],
        "backup": {
            "suspend": True,
            "to": {"endpoint": f"http://s3.{site.namespace(ELSEWHERE)}.svc:9000", "bucket": "copies"},
            "resources": small,
        },
        **more,
    }


def on(site: Site, said: Mapping[str, Any]) -> None:
    """platform.yaml with the component, and its way to the other endpoint."""
    site.on(minio=said)
    path = site.platform.folder / "platform.yaml"
    document = json.loads(path.read_text())
    document["components"][0]["reaches"] = [f"{POD_NETWORK}:9000"]
    path.write_text(json.dumps(document))


def prepare(site: Site, image: Mapping[str, str], volumes: int = 4) -> None:
    """What there has to be before it is rolled out."""
    site.take(NAME)
    site.space(NAME, {"pipelinekit.dev/service": "files"})
    site.secret(NAME, NAME, accessKey="admin", secretKey=KEY)
    for name in ("orders", "reader"):
        site.secret(NAME, f"{name}-s3", accessKey=name, secretKey=KEYS[name])
    site.secret(NAME, "minio-backup", accessKey="copier", secretKey=KEY)
    for _ in range(volumes):
        site.volume()
    endpoint(site, ELSEWHERE, image, KEY)


@pytest.fixture(scope="module")
def image(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return minio(testbed, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def site(
    testbed: Mapping[str, str], image: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("minio"), testbed) as made:
        prepare(made, image)
        on(made, values(made, image))
        made.deploy()
        yield made


@pytest.fixture(scope="module")
def admin(site: Site) -> Customer:
    """The administrator, in an application's pod."""
    called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
    address = f"http://{NAME}.{site.namespace(NAME)}.svc:9000"
    return Customer(site, APPLICATION, address, "admin", KEY)


def servers(site: Site) -> set[str]:
    """The uid of each server's pod; those of jobs are others."""
    return {uid for name, uid in site.platform.pods(NAME).items() if name in SERVERS}


def customer(admin: Customer, name: str) -> Customer:
    return replace(admin, key=name, secret=KEYS[name])


def test_four_servers_are_one_and_a_second_run_does_nothing(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    assert len(servers(site)) == 4
    site.platform.must("verify")
    logs = "".join(site.kubectl(NAME, "logs", each) for each in SERVERS)
    assert "c'd" not in logs


def test_who_may_puts_an_object_and_reads_it_and_nobody_does_more(admin: Customer) -> None:
    orders, reader = customer(admin, "orders"), customer(admin, "reader")
    content = bytes(range(256)) * 5000
    path = "/invoices/2026/one.bin"
    assert eventually(lambda: admin.ask("GET", "/").status == 200, 30)
    assert orders.ask("PUT", path, content, content_type="image/png").status == 200
    said = reader.ask("GET", path)
    assert (said.status, said.content == content, said.kind) == (200, True, "image/png")
    assert reader.ask("PUT", path, b"x").status == 403
    assert reader.ask("GET", "/reports/a").status == 403
    assert orders.ask("PUT", "/invoices/2025/one.bin", b"x").status == 403
    assert orders.ask("PUT", "/reports/a", b"x").status == 403
    assert orders.ask("PUT", "/another").status == 403
    assert orders.ask("GET", "/invoices", query="list-type=2&prefix=2026%2F").status == 200
    assert orders.ask("GET", "/invoices", query="list-type=2&prefix=").status == 403
    assert replace(orders, secret="other").ask("GET", path).status == 403
    assert replace(orders, key="").ask("GET", path).status == 403
    assert admin.ask("PUT", "/reports/a", b"of the administrator").status == 200
    assert orders.ask("GET", "/reports/a").content == b"of the administrator"


def test_only_applications_reach_it_and_metrics_are_told(site: Site, admin: Customer) -> None:
    said = admin.ask("GET", "/minio/v2/metrics/cluster")
    assert b"minio_cluster_nodes_online_total" in said.content
    site.kubectl(APPLICATION, "label", "pod", "caller", "app.kubernetes.io/component-")
    assert eventually(lambda: admin.ask("GET", "/").status == 0, 60)
    site.kubectl(APPLICATION, "label", "pod", "caller", "app.kubernetes.io/component=web")
    assert eventually(lambda: admin.ask("GET", "/").status == 200, 60)


def test_rights_that_the_values_take_away_are_away_and_what_is_made_by_hand_stays(
    site: Site, image: dict[str, str], admin: Customer
) -> None:
    assert admin.ask("PUT", "/by-hand").status == 200
    pods = servers(site)
    policies = [{"name": "orders", "writes": ["invoices/2026/"]}, {"name": "reader", "reads": ["reports"]}]
    on(site, values(site, image, policies=policies))
    assert "backup minio-backup-" in site.deploy().err
    orders, reader = customer(admin, "orders"), customer(admin, "reader")
    assert orders.ask("GET", "/reports/a").status == 403
    assert orders.ask("PUT", "/invoices/2026/two", b"2").status == 200
    assert reader.ask("GET", "/reports/a").status == 200
    assert reader.ask("GET", "/invoices/2026/two").status == 403
    assert admin.ask("GET", "/by-hand").status == 200
    assert servers(site) == pods
    assert site.platform.states() == {NAME: "unchanged"}


def test_what_was_backed_up_is_put_back_and_what_came_later_stays(site: Site, admin: Customer) -> None:
    assert admin.ask("PUT", "/reports/a", b"good", content_type="text/x-good").status == 200
    assert "backup: 3 buckets" in site.job(NAME, "minio-backup", "one")
    assert admin.ask("PUT", "/reports/a", b"evil").status == 200
    assert admin.ask("PUT", "/reports/later", b"later").status == 200
    assert admin.ask("DELETE", "/invoices/2026/two").status == 204
    assert "restored invoices" in site.job(NAME, "minio-restore", "back")
    said = admin.ask("GET", "/reports/a")
    assert (said.content, said.kind) == (b"good", "text/x-good")
    assert admin.ask("GET", "/invoices/2026/two").content == b"2"
    assert admin.ask("GET", "/reports/later").content == b"later"


def test_one_is_killed_loses_its_volume_and_gets_all_of_it_back(site: Site, admin: Customer) -> None:
    site.empty(NAME, f"data-{NAME}-3")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-3", "--grace-period=0", "--force")
    # Who is sent to it while it starts is told to come again, as S3's clients do: 503.
    assert eventually(lambda: admin.ask("GET", "/reports/a").content == b"good", 30)
    assert eventually(lambda: admin.ask("PUT", "/reports/meanwhile", b"x").status == 200, 30)
    volume = site.kubectl(NAME, "get", "pvc", f"data-{NAME}-3", "--output", "jsonpath={.spec.volumeName}")
    healed = site.platform.folder / "volumes" / volume / "reports" / "a" / "xl.meta"
    assert eventually(healed.exists, 180)


def test_settings_change_on_all_of_them_and_nothing_is_lost(
    site: Site, image: dict[str, str], admin: Customer
) -> None:
    before = servers(site)
    on(site, values(site, image, console=False))
    site.deploy()
    assert (len(before), len(servers(site)), before & servers(site)) == (4, 4, set())
    assert admin.ask("GET", "/reports/a").content == b"good"
    assert customer(admin, "orders").ask("GET", "/invoices/2026/one.bin").content[:4] == bytes(range(4))
    assert site.platform.states() == {NAME: "unchanged"}
