"""The commands of docs/first-platform.md, run as they are printed: a cluster without a platform gets one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.pages.checked import FIRST, ROOT
from tests.pages.session import Session
from tests.testbed.network import POD_NETWORK, SERVICE_NETWORK


@pytest.fixture
def session(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Session]:
    """A storage class with two volumes on the node's disk; what the page makes is gone afterwards."""
    name = f"first-{uuid4().hex[:6]}"
    registry = testbed["PK_TESTBED_REGISTRY"]
    own = {
        "REGISTRY": registry,
        "SOURCE": registry,
        "CONTEXT": testbed["PK_TESTBED_CONTEXT"],
        "STORAGE": name,
        "PODS": POD_NETWORK,
        "SERVICES": SERVICE_NETWORK,
    }
    env = {**os.environ, **testbed, "PATH": f"{Path(sys.executable).parent}:{testbed['PATH']}"}
    kept = [_class(name), *(_volume(name, each, testbed, tmp_path) for each in ("data", "backup"))]
    _kubectl(
        env, "apply", "--filename", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": kept})
    )
    yield Session(tmp_path, own, env)
    # The namespace is the component's own, and so the same for everybody: it has to be gone for the next.
    _kubectl(env, "delete", "namespace", "postgresql", "--ignore-not-found", "--timeout=120s")
    volumes = [each["metadata"]["name"] for each in kept[1:]]
    _kubectl(env, "delete", "persistentvolume", *volumes, "--wait=false")
    _kubectl(env, "delete", "storageclass", name)


def test_an_empty_cluster_gets_a_platform_as_it_is_printed(session: Session) -> None:
    assert session.run(ROOT / FIRST) == []


def _class(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def _volume(storage: str, what: str, testbed: Mapping[str, str], folder: Path) -> dict[str, Any]:
    place = folder / f"volume-{what}"
    place.mkdir()
    node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [testbed["PK_TESTBED_NODE"]]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{storage}-{what}"},
        "spec": {
            "storageClassName": storage,
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "local": {"path": str(place)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
        },
    }


def _kubectl(env: Mapping[str, str], *words: str, given: str | None = None) -> None:
    subprocess.run(["kubectl", *words], env=env, input=given, text=True, check=True, timeout=180)
