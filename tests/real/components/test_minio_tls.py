"""MinIO with a certificate of the platform's authority: from its first start, renewed, or put in later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.real.components.callers import called
from tests.real.components.images import minio
from tests.real.components.s3 import Customer
from tests.real.components.site import Site, made_site
from tests.real.components.test_minio import APPLICATION, KEY, NAME, SERVERS, on, prepare, servers, values
from tests.real.kube import eventually

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

SECRET, AUTHORITY = "minio-tls", "pipelinekit-authority"


def names(site: Site) -> list[str]:
    """By which callers know the servers, and the servers each other."""
    space = site.namespace(NAME)
    return [f"{NAME}.{space}.svc", f"*.{NAME}-internal.{space}.svc"]


def write(site: Site, image: Mapping[str, str], *more: str, secret: str = SECRET) -> None:
    """platform.yaml with the component, and one certificate for its names and these."""
    on(site, values(site, image, tls={"secret": secret}))
    path = site.platform.folder / "platform.yaml"
    one = {
        "name": SECRET,
        "namespace": site.namespace(NAME),
        "names": [*names(site), *more],
        "served": {"service": NAME, "port": 9000},
    }
    authority = {"namespace": site.namespace("authority"), "trusted": [site.namespace(APPLICATION)]}
    said = {"authority": authority, "secrets": [one]}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"certificates": said}))


def status(site: Site) -> Any:
    return site.platform.verb("certificates", "status", "--json").json()["certificates"][0]


def shown(site: Site) -> dict[str, str]:
    """The serial that each pod shows."""
    return {each["pod"]: each["serial"] for each in status(site)["shown"]}


@pytest.fixture(scope="module")
def image(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return minio(testbed, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def site(
    testbed: Mapping[str, str], image: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("minio-tls"), testbed) as made:
        prepare(made, image)
        made.space(APPLICATION)
        write(made, image)
        made.platform.must("certificates", "issue")
        made.deploy()
        yield made


@pytest.fixture(scope="module")
def admin(site: Site) -> Customer:
    """The administrator, in a pod of an application that knows the authority."""
    called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
    words = ("get", "configmap", AUTHORITY, "--output", "jsonpath={.data.ca\\.crt}")
    trusted = site.kubectl(APPLICATION, *words)
    return Customer(site, APPLICATION, f"https://{names(site)[0]}:9000", "admin", KEY, trusted)


def test_four_servers_are_one_over_it_and_nobody_is_answered_without(site: Site, admin: Customer) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    site.platform.must("verify")
    assert status(site)["state"] == "fine"
    assert shown(site) == dict.fromkeys(SERVERS, status(site)["serial"])
    assert eventually(lambda: admin.ask("PUT", "/reports/a", b"good").status == 200, 30)
    assert admin.ask("GET", "/reports/a").content == b"good"
    plain = Customer(site, APPLICATION, admin.address.replace("https", "http"), "admin", KEY)
    assert plain.ask("GET", "/reports/a").status == 400
    stranger = Customer(site, APPLICATION, admin.address, "admin", KEY)
    assert b"certificate verify failed" in stranger.ask("GET", "/reports/a").content
    said = admin.ask("GET", "/minio/v2/metrics/cluster").content.decode()
    (online,) = [each for each in said.splitlines() if each.startswith("minio_cluster_nodes_online_total")]
    assert online.endswith(" 4")


def test_a_backup_is_made_and_put_back_over_it(site: Site, admin: Customer) -> None:
    assert "backup: 2 buckets" in site.job(NAME, "minio-backup", "one")
    assert admin.ask("PUT", "/reports/a", b"evil").status == 200
    assert "restored reports" in site.job(NAME, "minio-restore", "back")
    assert admin.ask("GET", "/reports/a").content == b"good"


def test_a_renewed_one_is_served_by_each_server_and_none_is_replaced(
    site: Site, image: dict[str, str], admin: Customer
) -> None:
    before, pods = status(site)["serial"], servers(site)
    write(site, image, "second.example.com")
    said = site.platform.must("certificates", "renew")
    assert f"StatefulSet/{NAME} reads it anew by itself" in said.err
    after = status(site)
    assert (after["state"], after["serial"] != before) == ("fine", True)
    assert shown(site) == dict.fromkeys(SERVERS, after["serial"])
    assert servers(site) == pods
    assert admin.ask("GET", "/reports/a").content == b"good"
    assert site.platform.states() == {NAME: "unchanged"}


def test_servers_that_run_leave_it_and_go_over_to_it_and_nothing_is_lost(
    site: Site, image: dict[str, str], admin: Customer
) -> None:
    write(site, image, "second.example.com", secret="")
    site.deploy()
    plain = Customer(site, APPLICATION, admin.address.replace("https", "http"), "admin", KEY)
    assert eventually(lambda: plain.ask("GET", "/reports/a").content == b"good", 30)
    pods = servers(site)
    write(site, image, "second.example.com")
    site.deploy()
    assert not pods & servers(site)
    assert eventually(lambda: admin.ask("GET", "/reports/a").content == b"good", 30)
    assert shown(site) == dict.fromkeys(SERVERS, status(site)["serial"])
