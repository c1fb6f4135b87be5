"""The component minio with somebody else's servers in place of its own: over TLS, by the same name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.real.components.callers import called, placed
from tests.real.components.endpoint import ROOT, endpoint
from tests.real.components.images import minio
from tests.real.components.s3 import Customer
from tests.real.components.site import Site, made_site
from tests.real.components.test_minio import APPLICATION, ELSEWHERE, KEY, KEYS, NAME, values
from tests.real.kube import eventually
from tests.testbed.network import CLUSTER_DOMAIN, POD_NETWORK

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

PORT, AUTHORITY, SECRET = 9443, "pipelinekit-authority", "s3-tls"


def host(site: Site) -> str:
    """The name that the others have for their endpoint."""
    return f"s3.{site.namespace(ELSEWHERE)}.svc.{CLUSTER_DOMAIN}"


def ours(site: Site) -> str:
    """The name that callers know."""
    return f"{NAME}.{site.namespace(NAME)}.svc"


def write(site: Site, image: Mapping[str, str], **more: Any) -> None:
    """platform.yaml with the component, its way out, and the others' certificate."""
    site.on(minio={**values(site, image), "replicas": 1, "backup": {"enabled": False}, **more})
    path = site.platform.folder / "platform.yaml"
    document = json.loads(path.read_text())
    document["components"][0]["reaches"] = [f"{POD_NETWORK}:{PORT}"]
    # For the proof the others' address is no pod's.
    document["clusters"][0]["network"]["pods"] = ["10.244.0.0/16"]
    document["certificates"] = {
        "authority": {
            "namespace": site.namespace("authority"),
            "trusted": [site.namespace(each) for each in (NAME, APPLICATION)],
        },
        "secrets": [
            {"name": SECRET, "namespace": site.namespace(ELSEWHERE), "names": [host(site), ours(site)]}
        ],
    }
    path.write_text(json.dumps(document))


def external(site: Site, *addresses: str) -> dict[str, Any]:
    """The word for it."""
    return {
        "endpoint": f"https://{host(site)}:{PORT}",
        "addresses": [*addresses],
        "authority": AUTHORITY,
        "administered": True,
    }


def theirs(site: Site) -> str:
    """The address of the others' server."""
    return site.kubectl(ELSEWHERE, "get", "pod", "s3", "--output", "jsonpath={.status.podIP}")


@pytest.fixture(scope="module")
def image(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return minio(testbed, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def site(
    testbed: Mapping[str, str], image: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One server of ours for a beginning; then the others' in its place."""
    with made_site(tmp_path_factory.mktemp("external"), testbed) as made:
        made.take(NAME)
        for each in (NAME, ELSEWHERE, APPLICATION):
            made.space(each)
        made.secret(NAME, NAME, accessKey=ROOT, secretKey=KEY)
        for name in ("orders", "reader"):
            made.secret(NAME, f"{name}-s3", accessKey=name, secretKey=KEYS[name])
        made.volume()
        write(made, image)
        made.platform.must("certificates", "issue")
        endpoint(made, ELSEWHERE, image, KEY, port=PORT, certificate=SECRET)
        made.deploy()
        write(made, image, external=external(made, theirs(made)))
        made.deploy()
        yield made


@pytest.fixture(scope="module")
def orders(site: Site) -> Customer:
    """An application, which knows the platform's authority."""
    called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
    trusted = site.kubectl(
        APPLICATION, "get", "configmap", AUTHORITY, "--output", "jsonpath={.data.ca\\.crt}"
    )
    address = f"https://{ours(site)}:9000"
    return Customer(site, APPLICATION, address, "orders", KEYS["orders"], trusted)


def test_no_server_of_ours_is_left_and_each_rollout_asks_the_others(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    site.platform.must("verify")
    assert site.kubectl(NAME, "get", "statefulsets", "--output", "name") == ""
    listed = "{range .items[*].endpoints[*]}{.addresses[0]} {end}"
    words = ("--selector", f"kubernetes.io/service-name={NAME}", "--output", f"jsonpath={listed}")
    assert eventually(
        lambda: site.kubectl(NAME, "get", "endpointslices", *words).split() == [theirs(site)], 30
    )


def test_callers_go_on_by_the_same_name_and_port_with_their_rights(site: Site, orders: Customer) -> None:
    path = "/invoices/2026/one"
    assert eventually(lambda: orders.ask("PUT", path, b"one").status == 200, 30)
    reader = replace(orders, key="reader", secret=KEYS["reader"])
    assert reader.ask("GET", path).content == b"one"
    assert reader.ask("PUT", path, b"x").status == 403
    assert orders.ask("PUT", "/reports/a", b"x").status == 403
    assert orders.ask("GET", "/copies/a").status == 403
    there = replace(orders, address=f"https://{host(site)}:{PORT}")
    assert there.ask("GET", path).content == b"one"
    said = replace(orders, authority="").ask("GET", path)
    assert (said.status, b"certificate verify failed" in said.content) == (0, True)


def test_what_is_declared_is_open_to_its_pods_and_no_more(site: Site) -> None:
    said = site.platform.verb("network", "--check")
    assert said.code == 0, said.out + said.err
    own = placed(site, NAME, {"app.kubernetes.io/name": NAME})
    assert eventually(lambda: own.reaches(host(site), PORT), 30)
    assert own.reaches(ours(site), 9000)
    assert not own.reaches("kubernetes.default.svc", 443)
    site.kubectl(NAME, "delete", "pod", "caller", "--wait=false")


def test_without_a_way_out_that_is_told_before_anything_is_rolled_out(site: Site) -> None:
    path = site.platform.folder / "platform.yaml"
    whole = path.read_text()
    document = json.loads(whole)
    del document["components"][0]["reaches"]
    path.write_text(json.dumps(document))
    said = site.platform.verb("network", "--check")
    path.write_text(whole)
    assert said.code == 1
    assert f"{theirs(site)}/32" in said.out + said.err


def test_without_addresses_the_name_is_another_one_of_theirs(
    site: Site, image: dict[str, str], orders: Customer
) -> None:
    write(site, image, external=external(site))
    site.deploy()
    assert site.platform.states() == {NAME: "unchanged"}
    there = replace(orders, address=f"https://{ours(site)}:{PORT}")
    assert eventually(lambda: there.ask("GET", "/invoices/2026/one").content == b"one", 60)
