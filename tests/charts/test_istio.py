"""Charts with the mesh on, as `istioctl analyze` sees them: every golden one, and one with all flows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm, Object
from tests.charts.rendered import chart_of
from tests.charts.test_family import GIVEN, charts
from tests.charts.test_flows import ORDERS, PEERS
from tests.istio import UNREAD, analyzed
from tests.testbed import tools
from tests.testbed.layout import Layout

Analyze = Callable[[list[Object]], list[dict[str, Any]]]

MESH = {**GIVEN, "mesh": {"enabled": True}}
NAMESPACES: list[Object] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    for name, labels in {"default": {"istio-injection": "enabled"}, "istio-system": {}}.items()
]


@pytest.fixture(scope="module")
def analyze(tmp_path_factory: pytest.TempPathFactory) -> Analyze:
    """What it says of objects: code, level, message and origin of each finding."""
    program = tools.istioctl(Layout.from_environment())
    folder = tmp_path_factory.mktemp("istio")

    def said(objects: list[Object]) -> list[dict[str, Any]]:
        return analyzed(program, folder, [*NAMESPACES, *objects], "default")

    return said


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.parts[-4])
def test_istio_finds_nothing_in_a_golden_chart(analyze: Analyze, helm: Helm, chart: Path) -> None:
    assert analyze(helm.objects(chart, MESH)) == []


def test_istio_finds_nothing_where_all_flows_are_used(analyze: Analyze, helm: Helm, tmp_path: Path) -> None:
    objects = helm.objects(chart_of(ORDERS, tmp_path), {**MESH, "peers": PEERS})
    assert "AuthorizationPolicy" in {each["kind"] for each in objects}
    assert analyze(objects) == []


@pytest.mark.parametrize(
    ("kind", "spec", "code"),
    [
        ("AuthorizationPolicy", {"action": "PERHAPS"}, UNREAD),
        ("AuthorizationPolicy", {"rules": [{"to": [{"operation": {"ports": ["none"]}}]}]}, "IST0106"),
    ],
)
def test_what_is_wrong_is_found(
    analyze: Analyze, helm: Helm, tmp_path: Path, kind: str, spec: dict[str, Any], code: str
) -> None:
    objects = helm.objects(chart_of(ORDERS, tmp_path), {**MESH, "peers": PEERS})
    for each in objects:
        if each["kind"] == kind:
            each["spec"] |= spec
    assert code in {each["code"] for each in analyze(objects)}
