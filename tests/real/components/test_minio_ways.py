"""MinIO's chart in other ways: another endpoint in place of servers of its own, and one server with TLS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.real.components.callers import called
from tests.real.components.images import minio
from tests.real.components.s3 import Customer
from tests.real.components.site import made_site
from tests.real.components.test_minio import APPLICATION, ELSEWHERE, KEY, NAME, on, prepare, values
from tests.real.kube import eventually

pytestmark = pytest.mark.matrix("components")


def test_another_endpoint_has_the_same_name_and_keys(testbed: Mapping[str, str], tmp_path: Path) -> None:
    image = minio(testbed, tmp_path / "image")
    with made_site(tmp_path, testbed) as site:
        prepare(site, image, volumes=0)
        site.secret(NAME, NAME, accessKey="copier", secretKey=KEY)
        endpoint = f"http://s3.{site.namespace(ELSEWHERE)}.svc:9000"
        nobody: dict[str, list[str]] = {"users": [], "policies": []}
        on(site, values(site, image, external={"endpoint": endpoint}, **nobody))
        site.deploy()
        assert site.platform.states() == {NAME: "unchanged"}
        site.platform.must("verify")
        assert site.kubectl(NAME, "get", "statefulsets,pvc", "--output", "name") == ""
        called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
        address = f"http://{NAME}.{site.namespace(NAME)}.svc:9000"
        admin = Customer(site, APPLICATION, address, "copier", KEY)
        assert eventually(lambda: admin.ask("PUT", "/invoices/a", b"x").status == 200, 60)
        # Nothing of it is copied before a change: it is the other's.
        on(site, values(site, image, buckets=[{"name": "later"}], **nobody))
        assert "backup minio-backup-" in site.deploy().err
        assert admin.ask("GET", "/later").status == 200


def test_a_server_with_a_certificate_is_asked_by_tls_only(testbed: Mapping[str, str], tmp_path: Path) -> None:
    image = minio(testbed, tmp_path / "image")
    with made_site(tmp_path, testbed) as site:
        prepare(site, image, volumes=1)
        host = f"{NAME}.{site.namespace(NAME)}.svc"
        on(site, values(site, image, replicas=1, tls={"secret": "minio-tls"}))
        path = site.platform.folder / "platform.yaml"
        one = {
            "name": "minio-tls",
            "namespace": site.namespace(NAME),
            "names": [host],
            "served": {"service": NAME, "port": 9000},
        }
        said = {"authority": {"namespace": site.namespace("authority")}, "secrets": [one]}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"certificates": said}))
        site.platform.must("certificates", "issue")
        site.deploy()
        assert site.platform.states() == {NAME: "unchanged"}
        site.platform.must("verify")
        shown = site.platform.verb("certificates", "status", "--json").json()["certificates"][0]
        assert shown["state"] == "fine"
        called(site, APPLICATION, {"app.kubernetes.io/component": "web"})
        plain = Customer(site, APPLICATION, f"http://{host}:9000", "admin", KEY)
        assert eventually(lambda: plain.ask("GET", "/").status == 400, 60)
        assert "backup: 2 buckets" in site.job(NAME, "minio-backup", "one")
