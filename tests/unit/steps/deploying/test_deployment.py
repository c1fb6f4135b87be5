from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from pipelinekit.model.deployment import Look
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.plan.deploying.deploymentplan import lines
from pipelinekit.ports import Objects
from pipelinekit.steps.deploying import deployment
from pipelinekit.steps.deploying.deployment import HELM_3, Found
from tests import examples, fielded
from tests.doubles import Record
from tests.unit.steps.release.bench import IMAGE, REPLICAS, Bench

DEV = examples.target()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def found(bench: Bench) -> Found:
    return deployment.find(DEV, bench.releases.state(DEV), bench.cluster.things, bench.said.append)


def test_of_nothing_nothing_is_asked(bench: Bench) -> None:
    assert found(bench) == Found(state=None)
    assert not found(bench).runs({})
    assert bench.cluster.things.looks == 0


def test_what_runs_is_deployed_with_the_same_values_and_stands_as_declared(bench: Bench) -> None:
    bench.deploy()
    values = bench.prepare().values
    assert found(bench).runs(values)
    assert not found(bench).runs({**values, "more": 1})
    bench.records[1].status = "failed"
    assert not found(bench).runs(values)
    bench.records[1].status = "deployed"
    bench.cluster.things.by_hand("Deployment/orders", IMAGE, "foreign")
    assert not found(bench).runs(values)


def test_a_release_without_objects_stands(bench: Bench) -> None:
    bench.records[1] = Record("deployed", {}, "\n---\n# nothing\n")
    assert found(bench).runs({})
    assert bench.cluster.things.looks == 0


def test_what_cannot_be_compared_is_said_and_does_not_count_as_running(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.silent = "forbidden"
    assert not found(bench).runs(bench.prepare().values)
    assert bench.said[-1] == "what is there cannot be compared with the chart: forbidden"


def test_only_hands_and_pods_to_be_held_make_a_deployment_more_than_its_chart(bench: Bench) -> None:
    bench.deploy()
    prepared = bench.prepare()
    assert not deployment.matters(prepared, found(bench))
    assert deployment.matters(replace(prepared, autoscales=True), found(bench))
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 9)
    assert deployment.matters(prepared, found(bench))
    assert not deployment.matters(prepared, Found(state=None))


def test_the_plan_of_a_first_deployment_makes_everything_and_changes_nothing(bench: Bench) -> None:
    plan = bench.plan()
    assert (plan.acts, plan.created, plan.hands, plan.changes) == (True, ("Deployment/orders",), (), ())
    assert bench.cluster.things.all == {}
    assert bench.cluster.namespaces == set()


def test_the_plan_of_what_runs_says_so_and_nothing_else(bench: Bench) -> None:
    bench.deploy()
    plan = bench.plan()
    assert not plan.acts
    assert list(lines(plan)) == []
    assert plan.digest


def test_a_plan_has_each_field_live_as_applied_last_and_as_it_becomes(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 2\nenv: {A: x}\nimage: {digest: x}"})
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 5)
    bench.publish(**{"values.yaml": "replicas: 3\nenv: {A: z}\nimage: {digest: x}"})
    plan = bench.plan()
    (hand,) = plan.hands
    assert (hand.path, hand.live, hand.applied, hand.wanted, hand.manager) == (
        "spec.replicas",
        5,
        2,
        3,
        "kubectl",
    )
    assert ("spec.template.spec.containers[web].env[A].value", "x", "x", "z") in [
        (each.path, each.live, each.applied, each.wanted) for each in plan.changes
    ]


def test_a_plan_says_what_helm_3_cannot(bench: Bench) -> None:
    bench.releases.owns = False
    assert bench.plan().notes == (HELM_3,)


def test_a_plan_promises_to_hold_no_pods_where_helm_3_lets_them_go(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 6\nimage: {digest: x}"})
    bench.deploy()
    bench.publish(**{"values.yaml": "autoscale: true\nimage: {digest: x}"})
    assert bench.plan().kept == {"orders": 6}
    bench.releases.owns = False
    plan = bench.plan()
    assert plan.kept == {}
    assert "Deployment/orders falls to one pod until its autoscaler's next look" in plan.notes


def test_a_plan_says_that_somebody_is_at_work(bench: Bench) -> None:
    bench.deploy()
    bench.pending("other", seconds=60)
    (note,) = bench.plan().notes
    assert note == "revision 2 is pending-upgrade: it is waited for, or taken over"


def test_an_object_of_another_namespace_is_put_back_there() -> None:
    at = ("f:spec", "f:containers", 'k:{"name":"web"}', "f:env", 'k:{"name":"A"}')
    tree: dict[str, Any] = {"f:valueFrom": {}}
    for step in reversed(at):
        tree = {step: tree}

    def made(**variable: Any) -> dict[str, Any]:
        managed = [{"manager": "kubectl-patch", "operation": "Update", "fieldsV1": tree}]
        metadata = {"name": "orders", "namespace": "more", "managedFields": managed}
        spec = {"containers": [{"name": "web", "env": [{"name": "A", **variable}]}]}
        return {"kind": "Deployment", "metadata": metadata, "spec": spec}

    class Watched:
        places: ClassVar[list[str]] = []

        def restore(self, target: Target, name: str, patch: object) -> None:
            self.places.append(f"{target.namespace} {name}")

    look = Look(live=[made(valueFrom={"x": "y"})], applied=(), refused={"Deployment/orders": "not both"})
    state = ReleaseState(revision=1, status="deployed", values={}, manifest=json.dumps(made(value="1")))
    deployment.put_back(DEV, Found(state=state, look=look), cast(Objects, Watched()), owns=True)
    assert Watched.places == ["more Deployment/orders"]


@pytest.mark.parametrize(("owns", "restored"), [(True, []), (False, ["Deployment/orders"])])
def test_what_a_hand_has_put_beside_its_like_goes_before_a_helm_that_would_leave_it(
    owns: bool, restored: list[str]
) -> None:
    live = fielded.made()
    fielded.container(live)["env"].append({"name": "A", "value": "hand's"})
    names: list[str] = []

    class Watched:
        def restore(self, target: Target, name: str, patch: object) -> None:
            names.append(name)

    there = Found(state=None, look=Look(live=[live], applied=[fielded.made()]))
    deployment.put_back(DEV, there, cast(Objects, Watched()), owns=owns)
    assert names == restored
