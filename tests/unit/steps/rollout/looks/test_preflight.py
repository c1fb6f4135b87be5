from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import failed
from pipelinekit.model.ground.inspection import Facts, Tried
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Component, Prerequisite
from pipelinekit.plan.preflight.cluster import wanted
from pipelinekit.steps.rollout.looks.preflight import brought, preflight
from tests import examples, parts
from tests.rollouts import Bench


def test_all_findings_come_together_whatever_the_first_ones_are() -> None:
    target = Target(
        name="p", environment=examples.platform().environments[0], namespace="default", context=""
    )
    store = Component(name="store", namespace="stores", chart="chart", data="all")
    world = parts.Inspector(Facts(version="1.20.0", client="1.20.0", rbac=False), Tried(problem="forbidden"))
    told: list[str] = []
    checks = preflight(target, [store], wanted([store], (), "busybox", "", 60), None, world, told.append)
    states = {each.name: each.state for each in checks}
    assert states["version"] == states["rbac"] == "fails"
    assert states["network policies"] == states["clock"] == "not checked"
    assert world.attempts == 1
    assert "60 s at most" in told[0]


def test_a_prerequisite_is_judged_with_what_was_tried_of_the_network() -> None:
    target = Target(
        name="p", environment=examples.platform().environments[0], namespace="default", context=""
    )
    asked = Prerequisite(resource="infos.example.com", name="default", pointer="/v", network=True)
    net = Component(name="net", chart="chart", prerequisite=asked)
    facts = Facts(version="1.34.0", client="1.34.0", prerequisites={"net": {}})
    world = parts.Inspector(facts, Tried(open=True, closed=True, again=True))
    wants = replace(wanted([], (), "busybox", "", 60), prerequisites=(net,))
    checks = {each.name: each for each in preflight(target, [], wants, None, world, lambda _: None)}
    assert checks["net"].reason == "not there: another network enforces policies in its place"


class Some(parts.Components):
    """Charts of which one cannot be rendered."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        if target.name == "web":
            raise failed("helm-failed", "image is needed")
        about = "apiVersion: v1, kind: Pod, metadata: {name: p}"
        return f"{{{about}, spec: {{containers: [{{name: one, image: 'site.example.com/a/b:1'}}]}}}}"


def test_images_are_pulled_as_they_are_rendered_else_as_they_are_listed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    there = [bench.part(name, images=("quay.io/a/b:1",)) for name in ("store", "web")]
    told: list[str] = []
    found = brought(there, bench.shelf, Some(bench.releases), told.append).images
    assert found == ("site.example.com/a/b:1", "quay.io/a/b:1")
    assert ["web cannot be rendered" in each and "image is needed" in each for each in told] == [True]


def test_what_a_chart_s_own_values_switch_off_is_tried_once_they_switch_it_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part("store", images=("site.example.com/a/b:1", "quay.io/a/exporter:3"))
    values = "{metrics: {enabled: false, image: {registry: quay.io, repository: a/exporter, tag: '3'}}}"
    (part.folder / "chart" / "values.yaml").write_text(values)
    charts = Some(bench.releases)
    assert brought([part], bench.shelf, charts, bench.said.append).images == ("site.example.com/a/b:1",)
    on = replace(part, values="{metrics: {enabled: true}}")
    found = brought([on], bench.shelf, charts, bench.said.append).images
    assert found == ("site.example.com/a/b:1", "quay.io/a/exporter:3")


class Claiming(parts.Components):
    """A chart with a claim of a class that its values name, and one of the default."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        del archive, target, values
        own = "{kind: PersistentVolumeClaim, metadata: {name: a}, spec: {storageClassName: nc2-fast}}"
        shared = "{metadata: {name: b}, spec: {}}"
        holds = f"{{kind: StatefulSet, metadata: {{name: s}}, spec: {{volumeClaimTemplates: [{shared}]}}}}"
        return f"{own}\n---\n{holds}"


def test_the_classes_of_claims_and_of_their_templates_are_looked_for(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    found = brought([bench.part()], bench.shelf, Claiming(bench.releases), bench.said.append)
    assert {name: sorted(each) for name, each in found.classes.items()} == {"store": ["", "nc2-fast"]}
