"""Elastic's operator, Elasticsearch and Kibana: Elastic's own charts, and a real API server that takes them.

Their images cannot be had here: what runs is not what this is about.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef
from tests import upstreams
from tests.real.components.site import OURS
from tests.real.platform import TestPlatform, made_platform
from tests.testbed import tools
from tests.testbed.layout import Layout

pytestmark = pytest.mark.matrix("components")

NAMES = ("eck", "elasticsearch", "kibana")
IMAGES = {
    "eck": "eck/eck-operator:3.5.0",
    "elasticsearch": "elasticsearch/elasticsearch:9.5.0",
    "kibana": "kibana/kibana:9.5.0",
}
NAMESPACES = {"eck": "elastic-system", "elasticsearch": "elasticsearch", "kibana": "kibana"}
CLOSED = {"allowPrivilegeEscalation": False, "privileged": False, "runAsNonRoot": True}
"""What the operator gives its containers, as securitycontext.For of its sources says."""

Object = dict[str, Any]


@dataclass(frozen=True)
class Elastic:
    """A platform whose mirror has an image by each name; `level` is how large it is."""

    platform: TestPlatform
    mirror: str
    level: str

    def rendered(self, name: str) -> list[Object]:
        self.platform.must("render", "--to", str(self.platform.folder / "rendered"))
        text = (self.platform.folder / "rendered" / f"{name}.yaml").read_text()
        return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]

    def namespace(self, name: str) -> str:
        return f"{self.platform.prefix}-{name}"

    def dry(self, objects: list[Object]) -> str:
        """Have the API server take objects without keeping them; what it warns of."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        return self.applied(text, "--dry-run=server", "--validate=strict")

    def applied(self, text: str, *more: str) -> str:
        words = ["kubectl", "apply", "--server-side", "--filename", "-", *more]
        env = {**os.environ, **self.platform.env}
        done = subprocess.run(
            words, input=text, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture(params=["single-node", "production"])
def site(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Elastic]:
    charts = tools.elastic_charts(Layout.from_environment())
    with (
        upstreams.serve(tmp_path / "upstream" / "charts", testbed["PATH"]) as upstream,
        made_platform(tmp_path / "platform", testbed) as platform,
    ):
        for each in charts:
            upstream.take(each)
        mirror = f"{platform.registry}/{platform.prefix}"
        _write(platform, mirror, upstream.url, request.param)
        login = from_docker_config(platform.registry, Path(testbed["DOCKER_CONFIG"], "config.json"))
        registry = OciRegistry(lambda _: login)
        for image in IMAGES.values():
            path, _, tag = image.partition(":")
            busybox = ImageRef(platform.registry, "library/busybox", "stable")
            registry.copy(busybox, ImageRef(platform.registry, f"{platform.prefix}/{path}", tag))
        yield Elastic(platform, mirror, request.param)


def _write(platform: TestPlatform, mirror: str, repository: str, level: str) -> None:
    """The components as they come, at that repository, with the values of their `ci/` and a mirror."""
    mirrored: dict[str, Object] = {
        "eck": {
            "image": {"repository": f"{mirror}/eck/eck-operator"},
            "config": {"containerRegistry": mirror},
        },
        "elasticsearch": {"image": f"{mirror}/{IMAGES['elasticsearch']}"},
        "kibana": {"image": f"{mirror}/{IMAGES['kibana']}"},
    }
    for name in NAMES:
        folder = platform.folder / "platform-charts" / name
        shutil.copytree(OURS / name, folder)
        text = (folder / "component.yaml").read_text()
        assert "https://helm.elastic.co" in text
        (folder / "component.yaml").write_text(text.replace("https://helm.elastic.co", repository))
        values = yaml.safe_load((folder / "ci" / f"{level}-values.yaml").read_text())
        (platform.folder / f"{name}.yaml").write_text(json.dumps({**values, **mirrored[name]}))
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": platform.prefix},
        "images": {"registry": "r.example.com", "mirror": mirror},
        "charts": {"repository": f"oci://{platform.registry}/{platform.prefix}-charts"},
        "clusters": [
            {
                "name": "testbed",
                "network": {
                    "apiServers": ["192.0.2.1:6443"],
                    "nodes": ["192.0.2.0/24"],
                    "pods": ["10.244.0.0/16"],
                    "services": ["10.96.0.0/12"],
                },
            }
        ],
        "environments": [{"name": "dev", "cluster": "testbed", "namespace": "{team}", "automatic": True}],
        "components": [{"name": each, "values": f"{each}.yaml"} for each in NAMES],
    }
    (platform.folder / "platform.yaml").write_text(json.dumps(document))


def test_elastics_charts_are_locked_rendered_closed_and_taken_by_the_api_server(site: Elastic) -> None:
    platform = site.platform
    platform.must("vendor")
    assert platform.must("vendor").out.endswith("3 upstream charts are locked: nothing was done\n")
    objects = {name: site.rendered(name) for name in NAMES}
    # Everything by digest, and all of it from the mirror: what the operator starts by itself as well.
    for name in NAMES:
        text = json.dumps(objects[name])
        assert f'"{site.mirror}/{IMAGES[name]}@sha256:' in text, name
        assert "docker.elastic.co" not in text
    proof = platform.must("network", "--check", "--json").json()
    assert (proof["holds"], proof["components"], proof["findings"]) == (True, len(NAMES), [])
    # On a cluster that has none of the kinds, each object is held against those of the same plan.
    plans = {each["component"]: each for each in platform.must("plan", "--json").json()}
    assert (len(plans["eck"]["definitions"]), plans["kibana"]["after"]) == (12, ["eck", "elasticsearch"])
    assert "created: Elasticsearch/elasticsearch" in plans["elasticsearch"]["lines"]
    definitions = [each for each in objects["eck"] if each["kind"] == "CustomResourceDefinition"]
    names = [each["metadata"]["name"] for each in definitions]
    try:
        site.applied("\n---\n".join(json.dumps(each) for each in definitions))
        platform.kubectl("wait", "--for=condition=Established", *(f"crd/{each}" for each in names))
        for name in NAMES:
            _space(site, name)
            mine = [each for each in objects[name] if each["kind"] != "CustomResourceDefinition"]
            warned = site.dry([_moved(each, name, site) for each in mine])
            assert "would violate PodSecurity" not in warned, warned
            if pods := [_pod(each, name, site) for each in mine if "podTemplate" in json.dumps(each)]:
                site.dry(pods)
        wrong = _moved(next(each for each in objects["kibana"] if each["kind"] == "Kibana"), "kibana", site)
        with pytest.raises(AssertionError, match="unknown field"):
            site.dry([{**wrong, "spec": {**wrong["spec"], "cuont": 1}}])
    finally:
        platform.kubectl("delete", "--ignore-not-found", *(f"crd/{each}" for each in names))


def _space(site: Elastic, name: str) -> None:
    labels = {f"pod-security.kubernetes.io/{each}": "restricted" for each in ("enforce", "warn")}
    space = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": site.namespace(name), "labels": labels},
    }
    site.applied(json.dumps(space))


def _moved(each: Object, name: str, site: Elastic) -> Object:
    """The object in the test's own namespace; one of no namespace stays so."""
    anywhere = ("ClusterRole", "ClusterRoleBinding", "ValidatingWebhookConfiguration")
    if each["kind"] in anywhere:
        return each
    return {**each, "metadata": {**each["metadata"], "namespace": site.namespace(name)}}


def _pod(resource: Object, name: str, site: Elastic) -> Object:
    """A pod as the operator makes it of a template: with its image, and its word on each container."""
    spec = resource["spec"]
    template = (spec["nodeSets"][0] if "nodeSets" in spec else spec)["podTemplate"]
    secure = {**CLOSED, "capabilities": {"drop": ["ALL"]}}
    containers = [
        {"image": spec["image"], "securityContext": secure, **each} for each in template["spec"]["containers"]
    ]
    metadata = {**template["metadata"], "name": f"{name}-0", "namespace": site.namespace(name)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {**template["spec"], "containers": containers},
    }
