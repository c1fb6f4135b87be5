"""Calico looked for on a real cluster, which has another network, and then Calico's kind as well."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real.platform import TestPlatform, made_platform

pytestmark = pytest.mark.matrix("components")

KIND = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "clusterinformations.crd.projectcalico.org"},
    "spec": {
        "group": "crd.projectcalico.org",
        "names": {
            "kind": "ClusterInformation",
            "listKind": "ClusterInformationList",
            "plural": "clusterinformations",
            "singular": "clusterinformation",
        },
        "scope": "Cluster",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}
CRD = "crd/clusterinformations.crd.projectcalico.org"


def test_it_is_looked_for_and_another_network_serves_as_well(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with made_platform(tmp_path, testbed) as platform:
        platform.on("calico")
        document = json.loads((platform.folder / "platform.yaml").read_text())
        document["images"]["mirror"] = platform.registry
        (platform.folder / "platform.yaml").write_text(json.dumps(document))
        assert looked_for(platform) == ("ok", "not there: another network enforces policies in its place")
        with kind(platform):
            # The kind alone, as a removed Calico leaves it.
            assert looked_for(platform)[1].startswith("not there: another network")
            for version, state in (("v3.32.1", "ok"), ("v3.29.0", "fails")):
                information(platform, version)
                assert looked_for(platform)[0] == state
        assert platform.must("deploy", "--only", "calico").out == "0 components: nothing was done\n"


def looked_for(platform: TestPlatform) -> tuple[str, str]:
    said = platform.verb("preflight", "--json", "--timeout", "60")
    (check,) = [each for each in said.json() if each["name"] == "calico"]
    return check["state"], check["reason"]


def information(platform: TestPlatform, version: str) -> None:
    made = {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "ClusterInformation",
        "metadata": {"name": "default"},
        "spec": {"calicoVersion": version},
    }
    apply(platform, made)


def apply(platform: TestPlatform, made: Mapping[str, Any]) -> None:
    file = platform.folder / "applied.json"
    file.write_text(json.dumps(made))
    platform.kubectl("apply", "--server-side", "--filename", str(file))


@contextmanager
def kind(platform: TestPlatform) -> Iterator[None]:
    apply(platform, KIND)
    try:
        platform.kubectl("wait", "--for=condition=Established", CRD)
        yield
    finally:
        platform.kubectl("delete", "--ignore-not-found", CRD)
