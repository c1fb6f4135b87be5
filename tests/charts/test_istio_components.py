"""Istio's own charts with our values and policies, beside twenty applications of the mesh and one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipelinekit.model.network.flows import CLOSED, OPEN, Finding
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.network.rendered.assembly import Rendered
from pipelinekit.reading import needs
from tests.charts.helm import Helm, Object
from tests.network import fleet, site
from tests.pages.charts import CHARTS
from tests.testbed import tools
from tests.testbed.layout import Layout

pytestmark = pytest.mark.matrix("components")

NAMES = ("istio-base", "istiod", "istio-cni", "istio-gateway")
"""In the order in which `tools.istio_charts` has them."""
SPACES = {"istio-cni": "istio-cni", "istio-gateway": "istio-ingress"}


def component(name: str) -> Component:
    return needs.describe((CHARTS / name / "component.yaml").read_text(), name, name).component


@pytest.fixture(scope="module")
def istio(helm: Helm, whole: Callable[[Path], Path]) -> list[Rendered]:
    found = []
    for name, chart in zip(NAMES, tools.istio_charts(Layout.from_environment()), strict=True):
        parts = [(name, chart, [CHARTS / name / "values.yaml"])]
        if component(name).policies:
            addresses = helm.home / "addresses.yaml"
            addresses.write_text("apiServers: ['192.0.2.1:6443']\n")
            parts.insert(0, (f"{name}-policies", whole(CHARTS / name / "policies"), [addresses]))
        for release, folder, files in parts:
            objects = helm.objects(folder, {}, files=files, release=release)
            found.append(_rendered(name, release, objects))
    return found


def _rendered(name: str, release: str, objects: Sequence[Object]) -> Rendered:
    space = SPACES.get(name, "istio-system")
    # Helm was not told the namespace that some of them name.
    moved = [
        {**each, "metadata": {**each["metadata"], "namespace": space}}
        for each in objects
        if each["kind"] != "CustomResourceDefinition"
    ]
    return Rendered(owner=name, release=release, namespace=space, objects=[(each, "") for each in moved])


@pytest.fixture(scope="module")
def applications(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> list[Rendered]:
    return fleet.rendered(helm, tmp_path_factory.mktemp("fleet"), fleet.apps(1), mesh=True)


def findings(istio: Sequence[Rendered], applications: Sequence[Rendered]) -> tuple[Finding, ...]:
    """What the proof finds of Istio, applications of the mesh, and components that know nothing of one."""
    around = site.closure(apps=fleet.apps(1), more=[*istio, *applications])
    components = [*around.components, *(component(name) for name in NAMES)]
    return replace(around, components=components).prove().findings


def test_the_mesh_and_its_applications_are_closed_but_for_what_is_declared(
    istio: list[Rendered], applications: list[Rendered]
) -> None:
    found = findings(istio, applications)
    # Somebody's component that accepts an ingress, and has not the label by which the gateway knows servers.
    (unlabelled,) = [each for each in found if each.server == "nexus/nexus"]
    assert (unlabelled.code, unlabelled.caller) == (CLOSED, "istio-ingress/istio-gateway")
    assert [f"{each} {each.layers}" for each in found if each is not unlabelled] == []


@pytest.mark.parametrize(
    ("owner", "way", "code", "end"),
    [
        ("istio-gateway", "egress", CLOSED, "istio-ingress/istio-gateway"),
        ("istiod", "ingress", CLOSED, "istio-system/istiod"),
    ],
)
def test_each_way_of_the_policies_is_needed(
    istio: list[Rendered], applications: list[Rendered], owner: str, way: str, code: str, end: str
) -> None:
    shut = [_without(each, way) if each.release == f"{owner}-policies" else each for each in istio]
    found = [each for each in findings(shut, applications) if each.server != "nexus/nexus"]
    assert {each.code for each in found} == {code}
    assert any(end in (each.caller, each.server) for each in found)


def test_istios_own_policy_would_open_what_ours_close(
    helm: Helm, istio: list[Rendered], applications: list[Rendered]
) -> None:
    chart = tools.istio_charts(Layout.from_environment())[1]
    values = helm.home / "upstreams.yaml"
    values.write_text(yaml.safe_dump({"global": {"networkPolicy": {"enabled": True}}}))
    objects = helm.objects(chart, {}, files=[CHARTS / "istiod" / "values.yaml", values], release="istiod")
    other = [each for each in istio if each.release != "istiod"]
    found = findings([*other, _rendered("istiod", "istiod", objects)], applications)
    assert {(each.code, each.caller) for each in found} >= {(OPEN, "istio-system/istiod")}


def _without(release: Rendered, way: str) -> Rendered:
    """A release whose policies open nothing that way."""
    objects = [
        ({**made, "spec": {**made["spec"], way: []}}, source)
        if made["kind"] == "NetworkPolicy" and way in made["spec"]
        else (made, source)
        for made, source in release.objects
    ]
    return replace(release, objects=objects)
