"""What is at or below Nexus is refused where it pulls from it, by the plan and by the deployment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.steps.rollout import knots
from pipelinekit.steps.rollout.looks import plan as planning
from pipelinekit.steps.rollout.part import Part
from tests.rollouts import Bench

HOST = "nexus.example.com:5003"
DOCUMENT = b"metadata: {name: store}\nchart: chart\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.platform = replace(made.platform, nexus=Nexus(url="https://nexus.example.com"))
    return made


def pod(image: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "one"},
        "spec": {"containers": [{"name": "one", "image": image}]},
    }


def below(bench: Bench, image: str = f"{HOST}/x:1", values: str = "") -> Part:
    """A component that Nexus needs."""
    part = bench.part(objects=(pod(image),))
    others = (part.component, replace(part.component, name="nexus", needs=("store",)))
    origins = ("own.yaml", "theirs.yaml")
    return replace(part, others=others, document=DOCUMENT, values=values, origins=origins)


def test_the_plan_says_it_with_the_place(bench: Bench) -> None:
    part = below(bench)
    order = order_of([part.component])
    (plan,) = planning.plan({part.name: part}, order, order, bench.shelf, bench.site, bench.said.append)
    (said,) = plan.refusals
    assert said.endswith(f"component.yaml:2:1: store has to run before Nexus, and pulls from it: {HOST}/x:1")


def test_a_deployment_is_refused_before_anything_is_changed(bench: Bench) -> None:
    with pytest.raises(Refused) as refused:
        bench.deploy(below(bench, values=f"sidecar: {{image: '{HOST}/x'}}\n"))
    (fault,) = refused.value.faults
    assert (fault.code, str(fault.place)) == ("nexus-knot", "theirs.yaml:1:18")
    assert bench.cluster.records == {}


def test_what_operators_start_counts_too(bench: Bench) -> None:
    part = below(bench, image="quay.io/x:1")
    assert knots.of(part, (pod("quay.io/x:1"),), bench.platform) == ()
    part = replace(part, component=replace(part.component, images=(f"{HOST}/y:1",)))
    (fault,) = knots.of(part, (pod("quay.io/x:1"),), bench.platform)
    assert f"{HOST}/y:1" in fault.problem


def test_others_may_and_so_may_all_where_nobody_says_where_nexus_is(bench: Bench) -> None:
    part = below(bench)
    assert knots.of(replace(part, others=(part.component,)), (pod(f"{HOST}/x:1"),), bench.platform) == ()
    nowhere = replace(bench.platform, nexus=None)
    assert knots.of(part, (pod(f"{HOST}/x:1"),), nowhere) == ()
