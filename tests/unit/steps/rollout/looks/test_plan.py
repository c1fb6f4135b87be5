from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid, Refused, ToolFailed, failed
from pipelinekit.model.ground.preflight import AWAITED, REFUSED, UNCHECKED, Finding
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Node
from pipelinekit.model.rollout.part import Object, PartPlan
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.steps.deploying.preflight import Missing
from pipelinekit.steps.rollout.looks import plan as steps
from pipelinekit.steps.rollout.part import Part
from tests.rollouts import CRD, SET, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def planned(bench: Bench, *parts: Part) -> dict[str, PartPlan]:
    by_name = {each.name: each for each in parts}
    order = order_of(each.component for each in parts)
    plans = steps.plan(by_name, order, order, bench.shelf, bench.site, bench.said.append)
    return {each.component: each for each in plans}


def test_what_a_deployment_would_miss_is_told_and_refuses_no_plan(bench: Bench) -> None:
    lacking = Finding(REFUSED, "secret-missing", "secret a is not there", "kubectl create secret generic a")
    classless = Finding(REFUSED, "storage-class", "there is no storage class fast", "known: slow")
    # What is awaited stops nobody.
    late = Finding(AWAITED, "secret-late", "secret b is not there yet")
    unread = Finding(UNCHECKED, "secret", "secret c: it may not be read")
    bench.missing = lambda *_: (lacking, classless, late, unread)
    found = planned(bench, bench.part())["store"]
    assert found.refusals == ()
    assert found.missing == (
        "secret a is not there (kubectl create secret generic a)",
        "there is no storage class fast (known: slow)",
    )
    assert found.unknown == ("secret c: it may not be read",)
    told, bench.missing = bench.missing, None
    bench.deploy(bench.part())
    bench.missing = told
    # What runs goes on without it until its pods are made anew: nobody would be told before that.
    still = planned(bench, bench.part())["store"]
    assert (still.acts, still.missing) == (False, found.missing)


@pytest.mark.parametrize(("privileged", "level"), [(False, "restricted"), (True, "privileged")])
def test_a_namespace_that_is_not_there_is_made_before_the_secrets_in_it(
    bench: Bench, privileged: bool, level: str
) -> None:
    lacking = Finding(REFUSED, "secret-missing", "secret a is not there", "kubectl create secret generic a")
    classless = Finding(REFUSED, "storage-class", "there is no storage class fast", "known: slow")
    part = bench.part(node=Node(privileged=privileged))
    bench.missing = lambda *_: (lacking, classless)
    assert planned(bench, part)["store"].missing[0].startswith("secret a")
    bench.parts.lost = {"Namespace/stores"}
    first, second, _ = planned(bench, part)["store"].missing
    assert second.startswith("secret a is not there")
    context = "kubectl --context acme-dev"
    assert first == (
        f"namespace stores is not there yet, for the Secrets below ({context} create namespace stores && "
        f"{context} label namespace stores pod-security.kubernetes.io/enforce={level})"
    )
    bench.missing = lambda *_: (classless,)
    assert planned(bench, part)["store"].missing == ("there is no storage class fast (known: slow)",)


def test_what_is_missing_is_looked_for_in_the_namespace_of_the_component(bench: Bench) -> None:
    asked: list[tuple[str, list[str]]] = []

    def missing(target: Target, objects: Sequence[Object]) -> tuple[Finding, ...]:
        asked.append((target.namespace, [each["metadata"]["name"] for each in objects]))
        return ()

    bench.missing = missing
    elsewhere = {**SET, "metadata": {"name": "far", "namespace": "other"}}
    planned(bench, bench.part(objects=(CRD, SET, elsewhere), crds=("widgets.example.com",)))
    ((place, names),) = asked
    assert (place, "far" in names, "store" in names) == ("stores", False, True)


def test_a_look_that_fails_says_so_and_an_unreachable_cluster_is_no_plan(bench: Bench) -> None:
    def fails(code: str) -> Missing:
        def missing(*_: object) -> tuple[Finding, ...]:
            raise failed(code, "no answer")

        return missing

    bench.missing = fails("cluster-failed")
    found = planned(bench, bench.part())["store"]
    assert (found.missing, found.unknown) == ((), ("which Secrets and storage classes are there: no answer",))
    bench.missing = fails("cluster-unreachable")
    with pytest.raises(ToolFailed):
        planned(bench, bench.part())


def widget(size: Any) -> dict[str, Any]:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "one"},
        "spec": {"size": size},
    }


def test_on_an_empty_cluster_objects_are_held_against_definitions_of_the_same_plan(bench: Bench) -> None:
    store = bench.part(objects=(CRD,), crds=("widgets.example.com",))
    found = planned(bench, store, bench.part("web", objects=(widget("x"),), needs=("store",)))
    assert found["store"].definitions == ("widgets.example.com",)
    assert found["web"].refusals == ("Widget/one: spec.size is no integer",)
    found = planned(bench, store, bench.part("web", objects=(widget(1),), needs=("store",)))
    assert found["web"].refusals == ()
    assert found["web"].after == ("store",)
    assert bench.cluster.records == {}


def test_what_runs_is_nothing_to_do(bench: Bench) -> None:
    part = bench.part()
    assert planned(bench, part)["store"].acts
    bench.deploy(part)
    found = planned(bench, part)["store"]
    assert (found.acts, found.installed, found.lines) == (False, "1.0.0", ())
    more = planned(bench, bench.part(version="1.1.0", values={"replicas": 2}))["store"]
    assert (more.acts, more.installed, more.version) == (True, "1.0.0", "1.1.0")


def test_what_somebody_changed_by_hand_is_told_and_put_back(bench: Bench) -> None:
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    bench.cluster.things.by_hand("StatefulSet/store", ("f:spec", "f:replicas"), 9)
    found = planned(bench, part)["store"]
    assert (found.acts, found.refusals) == (True, ())
    assert "spec.replicas" in " ".join(found.lines)
    bench.deploy(part)
    assert not planned(bench, part)["store"].acts


def test_one_that_cannot_be_packaged_does_not_stop_the_others(bench: Bench) -> None:
    broken = bench.part("broken")
    (broken.folder / "chart" / "Chart.yaml").write_text("version: [")
    found = planned(bench, broken, bench.part())
    assert found["broken"].refusals
    assert not found["store"].refusals


def test_a_kind_that_comes_with_somebody_who_is_not_needed_is_told(bench: Bench) -> None:
    store = bench.part(objects=(CRD,), crds=("widgets.example.com",))
    found = planned(bench, store, bench.part("web", objects=(widget(1),)))
    assert found["web"].refusals == ("Widget/one: its kind comes with store: add store to needs",)


def test_definitions_that_the_cluster_has_already_count_too(bench: Bench) -> None:
    bench.deploy(bench.part(objects=(CRD,), crds=("widgets.example.com",)))
    found = planned(bench, bench.part("web", objects=(widget("x"),)))
    assert found["web"].refusals == ("Widget/one: spec.size is no integer",)


def test_a_definition_of_odd_form_refuses_its_component_and_no_other(bench: Bench) -> None:
    odd = {**CRD, "spec": {"versions": 5}}
    broken = bench.part("broken", objects=(odd,), crds=("widgets.example.com",))
    found = planned(bench, broken, bench.part())
    assert "CustomResourceDefinition/widgets.example.com: spec.versions is no list" in " ".join(
        found["broken"].refusals
    )
    assert not found["store"].refusals
    with pytest.raises(DocumentInvalid, match="versions is no list"):
        bench.deploy(broken)
    assert bench.cluster.records == {}


def test_what_runs_in_a_namespace_that_is_being_deleted_is_not_nothing_to_do(bench: Bench) -> None:
    part = bench.part()
    bench.deploy(part)
    bench.parts.leaving = {"stores"}
    found = planned(bench, part, bench.part("web"))
    assert (found["store"].acts, found["web"].refusals) == (True, ())
    (line,) = found["store"].refusals
    assert line.startswith("namespace stores is being deleted, and all that is in it: run it again when")
    with pytest.raises(Refused, match="stores is being deleted"):
        bench.deploy(part)
