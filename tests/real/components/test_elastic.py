"""Elastic's operator, Elasticsearch and Kibana: Elastic's own charts, and a real API server that takes them.

Their images cannot be had here: what runs is not what this is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real.components.wrapped import Object, Upstream, Wrapped, wrapped
from tests.testbed import tools
from tests.testbed.layout import Layout

pytestmark = pytest.mark.matrix("components")

NAMES = ("eck", "elasticsearch", "kibana")
IMAGES = {
    "eck": "eck/eck-operator:3.5.0",
    "elasticsearch": "elasticsearch/elasticsearch:9.5.0",
    "kibana": "kibana/kibana:9.5.0",
}
VALUES = {
    "eck": {"image": {"repository": "MIRROR/eck/eck-operator"}, "config": {"containerRegistry": "MIRROR"}},
    "elasticsearch": {"image": f"MIRROR/{IMAGES['elasticsearch']}"},
    "kibana": {"image": f"MIRROR/{IMAGES['kibana']}"},
}
CLOSED = {"allowPrivilegeEscalation": False, "privileged": False, "runAsNonRoot": True}
"""What the operator gives its containers, as securitycontext.For of its sources says."""


@pytest.fixture(params=["single-node", "production"])
def site(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Wrapped]:
    charts = tools.elastic_charts(Layout.from_environment())
    upstream = Upstream(charts=charts, repository="https://helm.elastic.co")
    images = list(IMAGES.values())
    with wrapped(tmp_path, testbed, request.param, upstream=upstream, images=images, values=VALUES) as made:
        yield made


def test_elastics_charts_are_locked_rendered_closed_and_taken_by_the_api_server(site: Wrapped) -> None:
    platform = site.platform
    platform.must("vendor")
    assert platform.must("vendor").out.endswith("3 upstream charts are locked: nothing was done\n")
    objects = {name: site.rendered(name) for name in NAMES}
    # Everything by digest, and all of it from the mirror: what the operator starts by itself as well.
    for name in NAMES:
        text = json.dumps(objects[name])
        assert f'"{site.mirror}/{IMAGES[name]}@sha256:' in text, name
        assert "docker.elastic.co" not in text
    check_several(objects)
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
            site.space(name)
            mine = [each for each in objects[name] if each["kind"] != "CustomResourceDefinition"]
            warned = site.dry([site.moved(each, name) for each in mine])
            assert "would violate PodSecurity" not in warned, warned
            if pods := [_pod(each, name, site) for each in mine if "podTemplate" in json.dumps(each)]:
                site.dry(pods)
        wrong = site.moved(next(each for each in objects["kibana"] if each["kind"] == "Kibana"), "kibana")
        with pytest.raises(AssertionError, match="unknown field"):
            site.dry([{**wrong, "spec": {**wrong["spec"], "cuont": 1}}])
    finally:
        platform.kubectl("delete", "--ignore-not-found", *(f"crd/{each}" for each in names))


def check_several(objects: Mapping[str, list[Object]]) -> None:
    """Several of one are on several nodes, and a drained node does not take the last one along."""
    (operator,) = (each for each in objects["eck"] if each["kind"] == "StatefulSet")
    (pages,) = (each for each in objects["kibana"] if each["kind"] == "Kibana")
    for name, template in (("eck", operator["spec"]["template"]), ("kibana", pages["spec"]["podTemplate"])):
        rule = template["spec"]["affinity"]["podAntiAffinity"][
            "preferredDuringSchedulingIgnoredDuringExecution"
        ]
        (term,) = (each["podAffinityTerm"] for each in rule)
        selected = term["labelSelector"]["matchLabels"]
        assert selected.items() <= template["metadata"]["labels"].items(), name
        budgets = [each for each in objects[name] if each["kind"] == "PodDisruptionBudget"]
        if name == "kibana" or operator["spec"]["replicas"] > 1:
            (budget,) = budgets
            chosen = budget["spec"]["selector"]["matchLabels"]
            assert chosen.items() <= template["metadata"]["labels"].items(), name


def _pod(resource: Object, name: str, site: Wrapped) -> Object:
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
