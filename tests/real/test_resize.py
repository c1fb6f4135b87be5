"""Volumes that grow under a StatefulSet. No storage driver can be had: a stand-in does what it would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from tests.real.platform import TestPlatform, made_platform, wait_until


@pytest.fixture(scope="module")
def platform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPlatform]:
    with made_platform(tmp_path_factory.mktemp("platform"), testbed) as made:
        volumes(made)
        try:
            yield made
        finally:
            made.kubectl("delete", "--wait=false", "persistentvolume", f"{made.prefix}-0")
            for kind in ("grows", "stays"):
                made.kubectl("delete", "storageclass", f"{made.prefix}-{kind}")


def volumes(platform: TestPlatform) -> None:
    """Two classes, and one volume of the first."""
    names = {"grows": True, "stays": False}
    things: list[dict[str, object]] = [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": f"{platform.prefix}-{name}"},
            "provisioner": "kubernetes.io/no-provisioner",
            "allowVolumeExpansion": grows,
        }
        for name, grows in names.items()
    ]
    spec = {
        "storageClassName": f"{platform.prefix}-grows",
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": "/tmp", "type": "Directory"},
    }
    metadata = {"name": f"{platform.prefix}-0"}
    things.append({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec})
    file = platform.folder / "volumes.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": things}))
    platform.kubectl("apply", "--filename", str(file))


def store(platform: TestPlatform, size: str, version: str = "1.0.0", kind: str = "grows") -> None:
    values = {"kind": "StatefulSet", "claim": size, "class": f"{platform.prefix}-{kind}"}
    platform.component("store", values=values, chart={"version": version}, data="all of it")
    platform.on("store")


@contextmanager
def resizer(platform: TestPlatform) -> Iterator[None]:
    """What Kubernetes' external resizer does: the volume gets what its claim asks for, the claim says so."""
    over = Event()

    def work() -> None:
        while not over.wait(0.5):
            claim = json.loads(
                platform.kubectl("get", "pvc", "data-store-0", "--output", "json", component="store")
            )
            asked = claim["spec"]["resources"]["requests"]["storage"]
            if claim["status"].get("capacity", {}).get("storage") != asked:
                size = json.dumps({"spec": {"capacity": {"storage": asked}}})
                platform.kubectl("patch", "pv", f"{platform.prefix}-0", "--type=merge", "--patch", size)
                told = json.dumps({"status": {"capacity": {"storage": asked}}})
                words = ("patch", "pvc", "data-store-0", "--subresource=status", "--type=merge")
                platform.kubectl(*words, "--patch", told, component="store")

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_volume_grows_without_a_restart_and_what_cannot_is_refused(platform: TestPlatform) -> None:
    store(platform, "1Gi")
    platform.must("deploy", "--timeout", "120")
    wait_until(lambda: len(platform.pods("store")) == 1)
    before = platform.pods("store")
    store(platform, "2Gi")
    said = platform.verb("deploy")
    assert (said.code, "`pipelinekit platform resize store --platform" in said.reason) == (6, True)
    assert "data-store-… would grow from 1Gi to 2Gi" in platform.must("resize", "store", "--plan").out
    with resizer(platform):
        platform.must("resize", "store", "--timeout", "120")
    assert platform.pods("store") == before
    claim = json.loads(platform.kubectl("get", "pvc", "data-store-0", "--output", "json", component="store"))
    assert claim["status"]["capacity"]["storage"] == "2Gi"
    template = "jsonpath={.spec.volumeClaimTemplates[0].spec.resources.requests.storage}"
    assert platform.kubectl("get", "sts", "store", "--output", template, component="store") == "2Gi"
    assert platform.states() == {"store": "unchanged"}
    store(platform, "1Gi")
    shrunk = platform.verb("resize", "store")
    assert (shrunk.code, "cannot shrink from 2Gi to 1Gi" in shrunk.reason) == (6, True)
    platform.kubectl(
        *("patch", "storageclass", f"{platform.prefix}-grows", "--type=merge"),
        *("--patch", '{"allowVolumeExpansion": false}'),
    )
    store(platform, "3Gi")
    refused = platform.verb("resize", "store")
    assert (refused.code, "do not grow (allowVolumeExpansion)" in refused.reason) == (6, True)
    platform.must("remove", "--only", "store")
    assert "data-store-0" in platform.kubectl("get", "pvc", "--output", "name", component="store")
    platform.must("remove", "--only", "store", "--volumes")
    # A claim that a pod has used is there until its pod is gone.
    wait_until(lambda: not platform.kubectl("get", "pvc", "--output", "name", component="store"))
