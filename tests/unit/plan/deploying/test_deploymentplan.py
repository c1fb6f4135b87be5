from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.deployment import Addition, Change, DeploymentPlan, Look, Standing
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan.deploying import deploymentplan

PLAN = DeploymentPlan(
    application="orders", version="1.2.3", environment="dev", namespace="payments-dev", acts=True
)
HAND = Change(
    object="Deployment/orders", path="spec.replicas", live=0, applied=2, wanted=2, manager="kubectl"
)
STATE = ReleaseState(revision=3, status="deployed", values={}, manifest="")


def made(replicas: int | None = 2, owner: str = "helm", **labels: str) -> dict[str, Any]:
    """A Deployment whose replicas somebody owns; it declares none with None."""
    spec = {} if replicas is None else {"replicas": replicas}
    tree: dict[str, Any] = {} if replicas is None else {"f:spec": {"f:replicas": {}}}
    managed = [
        {"manager": owner, "operation": "Apply" if owner == "helm" else "Update", "fieldsV1": tree},
        {
            "manager": "helm",
            "operation": "Apply",
            "fieldsV1": {"f:metadata": {"f:labels": {"f:version": {}}}},
        },
    ]
    metadata = {"name": "orders", "labels": labels, "managedFields": managed}
    return {"kind": "Deployment", "metadata": metadata, "spec": spec}


def service(name: str = "orders") -> dict[str, Any]:
    return {"kind": "Service", "metadata": {"name": name}}


def scaler() -> dict[str, Any]:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "orders"}, "minReplicas": 2}
    return {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "orders"}, "spec": spec}


# --- what is in it --------------------------------------------------------------------------------


def test_what_hands_have_changed_is_told_from_what_the_chart_changes() -> None:
    live, wanted = made(0, "kubectl", version="1"), made(2, version="2")
    plan = deploymentplan.with_changes(
        PLAN, Look(live=[live], applied=[wanted]), [made(2, version="1")], [wanted], Standing()
    )
    assert [(each.path, each.manager) for each in plan.hands] == [("spec.replicas", "kubectl")]
    assert [(each.path, each.live, each.wanted) for each in plan.changes] == [
        ("metadata.labels.version", "1", "2")
    ]


def test_what_comes_and_what_goes_is_told_from_what_hands_have_deleted() -> None:
    wanted = [made(), service(), service("new")]
    plan = deploymentplan.with_changes(
        PLAN,
        Look(live=[made(), service("old")], applied=wanted),
        [made(), service(), service("old")],
        wanted,
        Standing(missing=("Service/orders",)),
    )
    assert plan.missing == ("Service/orders",)
    assert plan.created == ("Service/new",)
    assert plan.removed == ("Service/old",)


def test_what_comes_or_goes_in_one_namespace_is_told_though_another_has_its_name() -> None:
    def at(namespace: str, name: str) -> dict[str, Any]:
        return {"kind": "Service", "metadata": {"name": name, "namespace": namespace}}

    home = PLAN.namespace
    live = [at(home, "a"), at(home, "b"), at("other", "b"), at("other", "c")]
    wanted = [service("a"), at("other", "a"), service("b")]
    plan = deploymentplan.with_changes(
        PLAN,
        Look(live=live, applied=wanted, home=home),
        [service("a"), service("b"), at("other", "b"), at("other", "c")],
        wanted,
        Standing(),
    )
    assert plan.created == ("Service/a (namespace other)",)
    assert plan.removed == ("Service/b (namespace other)", "Service/c (namespace other)")


def test_pods_are_kept_where_the_chart_stops_naming_their_number() -> None:
    wanted = [made(None), scaler()]
    plan = deploymentplan.with_changes(
        PLAN, Look(live=[made(6)], applied=wanted), [made(6)], wanted, Standing()
    )
    assert plan.kept == {"orders": 6}
    assert (plan.hands, plan.changes) == ((), ()), "the number that is held does not change"


def test_a_number_that_the_chart_names_is_not_held() -> None:
    live = made(6, "kube-controller-manager")
    plan = deploymentplan.with_changes(
        PLAN,
        Look(live=[live, scaler()], applied=[made(4)], autoscalers=[scaler()]),
        [made(None), scaler()],
        [made(4)],
        Standing(),
    )
    assert plan.kept == {}
    assert [(each.live, each.wanted, each.manager) for each in plan.hands] == [
        (6, 4, "kube-controller-manager")
    ]
    assert plan.removed == ("HorizontalPodAutoscaler/orders",)


# --- whether it still holds -----------------------------------------------------------------------


def digest(live: list[Any], **more: Any) -> str:
    given: dict[str, Any] = {"chart": "sha256:1", "values": {"a": 1}, "state": STATE, "scalers": []} | more
    look = Look(live=live, applied=[], autoscalers=given["scalers"])
    return deploymentplan.digest_of(given["chart"], given["values"], given["state"], look)


@pytest.mark.parametrize(
    "moved",
    [
        {"chart": "sha256:2"},
        {"values": {"a": 2}},
        {"state": None},
        {"state": replace(STATE, revision=4)},
        {"state": replace(STATE, status="failed")},
        {"live": [made(3)]},
        {"live": []},
        {"live": [made(), service()]},
        {"scalers": [scaler()]},
    ],
)
def test_a_plan_holds_until_what_it_was_made_from_has_moved(moved: dict[str, Any]) -> None:
    plan = deploymentplan.finished(PLAN, (), digest([made()]))
    deploymentplan.check_promise(plan, digest([made()]))
    with pytest.raises(Refused) as caught:
        deploymentplan.check_promise(plan, digest(**({"live": [made()]} | moved)))
    assert (caught.value.exit_code, caught.value.faults[0].code) == (6, "cluster-moved")
    assert "--plan" in caught.value.faults[0].hint


def test_an_autoscalers_own_steps_and_what_the_server_writes_move_nothing() -> None:
    assert digest([made(6)], scalers=[scaler()]) == digest([made(7)], scalers=[scaler()])
    later = made()
    later["metadata"] |= {"resourceVersion": "9", "generation": 2}
    later["status"] = {"replicas": 1}
    assert digest([later]) == digest([made()])


# --- words ----------------------------------------------------------------------------------------


def test_what_runs_already_is_never_said_to_be_deployed() -> None:
    assert deploymentplan.sentence(PLAN) == "would deploy orders 1.2.3 to dev (namespace payments-dev)"
    assert (
        deploymentplan.sentence(replace(PLAN, acts=False))
        == "orders 1.2.3 runs already in dev (namespace payments-dev)"
    )


def test_what_hands_have_changed_comes_first_with_who_had_it() -> None:
    plan = replace(
        PLAN,
        missing=("Service/orders",),
        hands=(HAND,),
        changes=(Change(object="Deployment/orders", path="a", live="x", applied="y"),),
        created=("Job/new",),
        removed=("Job/old",),
        kept={"orders": 6},
        short=("Deployment/orders: 0 of 2 ready",),
        notes=("Helm 3",),
    )
    assert list(deploymentplan.lines(plan)) == [
        "made again: Service/orders",
        "ours again: Deployment/orders spec.replicas: 0 → 2 (kubectl had it)",
        "change: Deployment/orders a: x (last applied: y) → nothing",
        "create: Job/new",
        "remove: Job/old",
        "keep: Deployment/orders spec.replicas: 6, until its autoscaler says another number",
        "note: Deployment/orders: 0 of 2 ready",
        "note: Helm 3",
    ]


@pytest.mark.parametrize(
    ("given", "live"),
    [
        ("1000m", "1"),
        (1, "1"),
        ({"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}),
        ([{"limits": {"cpu": "0.5"}}], [{"limits": {"cpu": "500m"}, "name": ""}]),
    ],
)
def test_what_a_server_writes_in_its_own_way_is_no_third_value(given: object, live: object) -> None:
    change = Change(object="Deployment/orders", path="a", live=live, applied=given, wanted="2")
    assert "last applied" not in deploymentplan.field(change)
    assert "last applied" in deploymentplan.field(replace(change, applied=["3"]))


def test_a_long_value_is_cut_and_an_empty_one_is_seen() -> None:
    (line,) = deploymentplan.lines(replace(PLAN, changes=(replace(HAND, live="", wanted="x" * 200),)))
    assert ': "" (last applied: 2) → xxx' in line
    assert line.endswith("…")


def test_a_check_says_what_is_there_and_what_is_declared() -> None:
    found = Standing(missing=("Service/orders",), changes=(HAND, replace(HAND, manager="")))
    assert list(deploymentplan.found(found)) == [
        "Service/orders is gone",
        "Deployment/orders spec.replicas is 0, declared 2 (kubectl)",
        "Deployment/orders spec.replicas is 0, declared 2",
    ]
    refused = Change(object="Deployment/orders", path="", live="spec: not both")
    assert list(deploymentplan.found(Standing(changes=(refused,)))) == [
        "Deployment/orders does not take what is declared: spec: not both"
    ]
    added = Addition(object="Deployment/orders", path="spec.paused", manager="kubectl-edit")
    assert list(deploymentplan.others([added])) == ["Deployment/orders spec.paused was added by kubectl-edit"]


CONF = "\n".join(f"setting{each} = {each}" for each in range(40)) + "\n"


@pytest.mark.parametrize(
    ("live", "wanted", "told"),
    [
        (CONF, CONF.replace("setting30 = 30", "setting30 = 31"), "setting30 = 30 → setting30 = 31"),
        (CONF, CONF + "more = 1\n  and = 2\n", "nothing → more = 1; and = 2"),
        (CONF, "", f"{'; '.join(CONF.splitlines())[:59]}… → nothing"),
        (f"{'a' * 100}b", f"{'a' * 100}c", f"…{'a' * 20}b → …{'a' * 20}c"),
        (CONF, CONF.replace("setting1 = 1\n", "") + "setting1 = 1\n", "setting0 = 0; setting1 = 1"),
    ],
    ids=["a line", "new lines", "emptied", "the end of a line", "the order"],
)
def test_of_long_texts_it_is_told_where_they_are_apart(live: str, wanted: str, told: str) -> None:
    change = replace(HAND, path="data[x.conf]", live=live, wanted=wanted, applied=live)
    assert told in deploymentplan.field(change)
