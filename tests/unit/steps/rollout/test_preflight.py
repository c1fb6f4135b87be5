from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import failed
from pipelinekit.model.ground.inspection import Facts, Tried
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Component, Prerequisite
from pipelinekit.plan.preflight.cluster import wanted
from pipelinekit.steps.rollout.preflight import preflight, pulled
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
        return "{kind: Pod, spec: {containers: [{name: one, image: 'site.example.com/a/b:1'}]}}"


def test_images_are_pulled_as_they_are_rendered_else_as_they_are_listed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    there = [bench.part(name, images=("quay.io/a/b:1",)) for name in ("store", "web")]
    told: list[str] = []
    found = pulled(there, bench.shelf, Some(bench.releases), told.append)
    assert found == ("site.example.com/a/b:1", "quay.io/a/b:1")
    assert ["web cannot be rendered" in each and "image is needed" in each for each in told] == [True]
