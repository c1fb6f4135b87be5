from __future__ import annotations

import copy
from typing import Any

import pytest

from pipelinekit.model.deployment import Change, DeploymentPlan, Look, Object, Standing
from pipelinekit.plan.deploying import admitted, deployment, deploymentplan
from tests.fielded import IMAGE, by, container, made

MIRRORED = "mirror/orders@sha256:1"


def labelled(each: dict[str, Any]) -> dict[str, Any]:
    """An object into which a webhook writes a label that no chart declares."""
    each["metadata"]["labels"] = {"cost-center": "x7"}
    return each


def beside(each: dict[str, Any]) -> dict[str, Any]:
    """A workload that gets a second container."""
    each["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": "proxy:1"})
    return each


def mirrored(each: dict[str, Any]) -> dict[str, Any]:
    """A workload whose declared image is written anew."""
    container(each)["image"] = MIRRORED
    return each


def standing(live: Object, wanted: Object) -> Standing:
    return deployment.standing(Look(live=[live], applied=[wanted]), [made()])


@pytest.mark.parametrize("webhook", [labelled, beside, mirrored])
def test_what_admission_would_make_of_a_chart_since_it_was_applied_is_no_hands_work(webhook: Any) -> None:
    found = standing(made(), webhook(made()))
    assert found.good
    assert [each.manager for each in found.admitted] == [""]
    (told,) = admitted.words(found.admitted)
    assert "the cluster's admission would make" in told


def test_what_admission_has_made_of_it_already_is_nothing_to_tell() -> None:
    found = standing(mirrored(labelled(made())), mirrored(labelled(made())))
    assert (found.good, found.admitted) == (True, ())


def test_what_a_webhook_left_that_is_gone_is_not_as_declared() -> None:
    found = standing(mirrored(made()), made())
    assert [(each.live, each.wanted) for each in found.changes] == [(MIRRORED, "orders@sha256:1")]


def test_a_hand_is_told_though_admission_changes_the_same_field() -> None:
    live = by("kubectl-set", made(), IMAGE)
    container(live)["image"] = "foreign"
    found = standing(live, mirrored(made()))
    assert [each.manager for each in found.changes] == ["kubectl-set"]
    assert found.admitted == ()


def test_what_a_hand_has_deleted_is_its_work_whatever_admission_makes() -> None:
    live = made()
    del container(live)["env"][0]
    assert standing(live, made()).touched


@pytest.mark.parametrize("live", ["hunter2", "hunter3"])
def test_of_a_secret_no_value_is_taken_for_admissions(live: str) -> None:
    secret = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": live}}
    wanted = copy.deepcopy(secret) | {"data": {"a": "hunter4"}}
    found = deployment.standing(Look(live=[secret], applied=[wanted]), [{**secret, "data": {"a": "raw"}}])
    assert (len(found.changes), found.admitted) == (1, ())


def test_a_plan_says_what_the_chart_declares_where_admission_makes_something_else_of_it() -> None:
    wanted = made()
    container(wanted)["image"] = "orders@sha256:2"
    applied = copy.deepcopy(wanted)
    container(applied)["image"] = "mirror/orders@sha256:2"
    plan = DeploymentPlan(application="o", version="1", environment="dev", namespace="n", acts=True)
    plan = deploymentplan.with_changes(plan, Look(live=[made()], applied=[applied]), [made()], [wanted], None)
    (line,) = deploymentplan.lines(plan)
    assert line == (
        "change: Deployment/orders spec.template.spec.containers[web].image: orders@sha256:1 →"
        " mirror/orders@sha256:2 (by admission: the chart declares orders@sha256:2)"
    )


def test_what_a_server_writes_in_its_own_way_is_none_of_admissions() -> None:
    change = Change(object="Deployment/orders", path="a", live="500m", applied="0.5", wanted="17m")
    assert admitted.is_admissions(change)
    assert not admitted.is_admissions(Change(object="a", path="b", live="2", applied="1", wanted="1"))
