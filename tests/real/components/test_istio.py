"""Istio's own charts, a real API server that takes them, and istioctl's word on them.

Its images cannot be had here: no proxy runs, and what runs is not what this is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.istio import analyzed
from tests.real.components.wrapped import Object, Upstream, Wrapped, wrapped
from tests.testbed import tools
from tests.testbed.layout import Layout

pytestmark = pytest.mark.matrix("components")

NAMES = ("istio-base", "istio-cni", "istiod", "istio-gateway")
NAMESPACES = {
    "istio-base": "istio-system",
    "istio-cni": "istio-cni",
    "istiod": "istio-system",
    "istio-gateway": "istio-ingress",
}
VERSION = "1.31.4"
PILOT, PROXY, CNI = (f"release/{each}:{VERSION}" for each in ("pilot", "proxyv2", "install-cni"))
VALUES: dict[str, Object] = {
    "istio-base": {},
    "istio-cni": {"image": f"MIRROR/{CNI}"},
    "istiod": {
        "image": f"MIRROR/{PILOT}",
        "global": {
            "hub": "MIRROR/release",
            "proxy": {"image": f"MIRROR/{PROXY}"},
            "proxy_init": {"image": f"MIRROR/{PROXY}"},
        },
    },
    "istio-gateway": {},
}
DEFINITION = "CustomResourceDefinition"


@pytest.fixture(params=["single-node", "production"])
def site(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Wrapped]:
    upstream = Upstream(
        charts=tools.istio_charts(Layout.from_environment()),
        repository="https://istio-release.storage.googleapis.com/charts",
        version=VERSION,
    )
    images = [PILOT, PROXY, CNI]
    with wrapped(tmp_path, testbed, request.param, upstream=upstream, images=images, values=VALUES) as made:
        yield made


def test_istios_charts_are_locked_rendered_closed_and_taken_by_the_api_server(
    site: Wrapped, tmp_path: Path
) -> None:
    platform = site.platform
    platform.must("vendor")
    assert platform.must("vendor").out.endswith("4 upstream charts are locked: nothing was done\n")
    objects = {name: site.rendered(name) for name in NAMES}
    _by_digest(site, objects)
    proof = platform.must("network", "--check", "--json").json()
    assert (proof["holds"], proof["components"], proof["findings"]) == (True, len(NAMES), [])
    plans = {each["component"]: each for each in platform.must("plan", "--json").json()}
    assert (len(plans["istio-base"]["definitions"]), plans["istiod"]["after"]) == (
        15,
        ["istio-base", "istio-cni"],
    )
    assert [each["refusals"] for each in plans.values()] == [[]] * len(NAMES)
    policies = platform.folder / "rendered"
    assert "kind: PeerAuthentication" in "".join(each.read_text() for each in policies.glob("istiod*"))
    _taken(site, objects)
    program = tools.istioctl(Layout.from_environment())
    everything = [_at_home(each, name) for name, all_of in objects.items() for each in all_of]
    assert analyzed(program, tmp_path, [*_namespaces(), *everything], "istio-system") == []


def test_an_ambient_mesh_is_refused_with_its_reason(site: Wrapped) -> None:
    platform = site.platform
    values = platform.folder / "istio-cni.yaml"
    values.write_text(json.dumps({**json.loads(values.read_text()), "ambient": {"enabled": True}}))
    platform.must("vendor")
    said = platform.verb("network", "--check")
    assert said.code == 6
    assert "istio-cni-config serves an ambient mesh" in said.err


def _by_digest(site: Wrapped, objects: Mapping[str, list[Object]]) -> None:
    """Everything from the mirror by digest, and what the injector puts into pods as well."""
    for name, images in {"istiod": (PILOT, PROXY), "istio-cni": (CNI,)}.items():
        text = json.dumps(objects[name]).replace('\\"', '"')
        for image in images:
            assert text.count(f'"{site.mirror}/{image}@sha256:') == text.count(f"{site.mirror}/{image}") > 0
    (gateway,) = [each for each in objects["istio-gateway"] if each["kind"] == "Deployment"]
    (proxy,) = gateway["spec"]["template"]["spec"]["containers"]
    assert (proxy["name"], proxy["image"]) == ("istio-proxy", "auto")


def _taken(site: Wrapped, objects: Mapping[str, list[Object]]) -> None:
    """The API server takes the definitions, and on them what is rendered, at the level of each."""
    platform = site.platform
    definitions = [each for each in objects["istio-base"] if each["kind"] == DEFINITION]
    names = [each["metadata"]["name"] for each in definitions]
    try:
        site.applied("\n---\n".join(json.dumps(each) for each in definitions))
        platform.kubectl("wait", "--for=condition=Established", *(f"crd/{each}" for each in names))
        for name in NAMES:
            site.space(name, "privileged" if name == "istio-cni" else "restricted")
            mine = [each for each in objects[name] if each["kind"] != DEFINITION]
            warned = site.dry([site.moved(each, name) for each in mine])
            assert "would violate PodSecurity" not in warned, warned
    finally:
        platform.kubectl("delete", "--ignore-not-found", *(f"crd/{each}" for each in names))


def _at_home(each: Object, name: str) -> Object:
    return {**each, "metadata": {"namespace": NAMESPACES[name], **each["metadata"]}}


def _namespaces() -> list[Object]:
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": each}}
        for each in sorted(set(NAMESPACES.values()))
    ]
