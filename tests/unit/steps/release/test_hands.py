"""What others have changed since: ours again, or left to them, and what was planned of it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pipelinekit.errors import Fault, Refused, ToolFailed
from pipelinekit.model.deployment import Look
from pipelinekit.model.release import Hook, Target
from pipelinekit.plan.deploying.deploymentplan import lines
from pipelinekit.ports import SILENT
from pipelinekit.steps.deploying.outlook import BLINKS
from tests.things import Things
from tests.unit.steps.release.bench import IMAGE, REPLICAS, Bench, code_of

ONE = "ours again: Deployment/orders spec.replicas: 0 → 1 (kubectl had it)"


@pytest.mark.parametrize(("path", "value"), [(REPLICAS, 0), (IMAGE, "foreign:1")])
def test_what_hands_have_changed_does_not_run_already(
    bench: Bench, path: tuple[str, ...], value: object
) -> None:
    first, _ = bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", path, value)
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, first.revision + 1)
    assert any(each.startswith("ours again: Deployment/orders spec.") for each in bench.said)
    _, did = bench.deploy()
    assert not did.acted


def test_a_plan_tells_the_hooks_that_run_and_which_of_them_moved_in_their_order(bench: Bench) -> None:
    bench.releases.hooks = (Hook(object="Job/first", moments=("pre-install", "pre-upgrade")),)
    assert "hook: Job/first (pre-install, weight 0)" in lines(bench.plan())
    bench.deploy()
    assert bench.plan().hooks == (), "what runs already runs no hook"
    bench.publish(**{"templates.yaml": "changed"})
    bench.releases.hooks = (replace(bench.releases.hooks[0], weight=3),)
    assert "hook: Job/first (pre-upgrade, weight 3, was 0)" in lines(bench.plan())


def test_what_hands_have_deleted_is_made_again(bench: Bench) -> None:
    bench.deploy()
    del bench.cluster.things.all["Deployment/orders"]
    _, did = bench.deploy()
    assert did.acted
    assert "made again: Deployment/orders" in bench.said


def test_what_others_have_added_is_no_reason_to_act(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", ("f:spec", "f:paused"), True)
    _, did = bench.deploy()
    assert not did.acted


def test_where_nothing_was_touched_nothing_is_asked_beyond_how_it_stands(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.looks = 0
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.deploy()
    assert bench.cluster.things.looks == 2


def test_what_cannot_be_compared_is_said_and_deployed(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.silent = "the webhook does not support a dry run"
    _, did = bench.deploy()
    assert did.acted
    assert "cannot be compared" in " ".join(bench.said)


@pytest.mark.parametrize("code", sorted(SILENT))
def test_a_dry_run_that_nobody_answers_is_no_reason_to_go_on_without_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def silent(*_: object) -> str:
        raise ToolFailed(Fault(code, "no answer"))

    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    monkeypatch.setattr(bench.releases, "preview", silent)
    with pytest.raises(ToolFailed, match="no answer"):
        bench.deploy()
    assert list(bench.records) == [1]


def test_what_helm_cannot_try_is_deployed_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def untried(*given: object) -> str:
        del given
        raise ToolFailed(Fault("cluster-failed", "no dry run here"))

    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    monkeypatch.setattr(bench.releases, "preview", untried)
    _, did = bench.deploy()
    assert did.acted
    assert "what hands have changed cannot be told: no dry run here" in bench.said


def test_a_cluster_that_does_not_answer_is_no_reason_to_act(bench: Bench) -> None:
    class Unreachable(Things):
        def look(self, target: Target, manifest: str, more: str = "") -> Look:
            raise ToolFailed(Fault("cluster-unreachable", "it does not answer"))

    bench.deploy()
    bench.cluster.things = Unreachable()
    with pytest.raises(ToolFailed, match="does not answer"):
        bench.deploy()
    assert list(bench.records) == [1]


# --- autoscalers ----------------------------------------------------------------------------------

SCALER = (
    '{"kind": "HorizontalPodAutoscaler", "metadata": {"name": "orders"}, "spec": {"minReplicas": %d, '
    '"scaleTargetRef": {"kind": "Deployment", "name": "orders"}}}'
)


def test_what_runs_is_held_when_the_chart_stops_naming_its_number(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 6\nimage: {digest: x}"})
    bench.deploy()
    on = {"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 6}
    bench.publish(**on)
    bench.deploy()
    thing = bench.cluster.things.all["Deployment/orders"]
    assert thing.body["spec"]["replicas"] == 6
    assert REPLICAS in thing.owners["pipelinekit"]
    assert any(each.startswith("keep: Deployment/orders spec.replicas: 6") for each in bench.said)
    bench.publish(**{"values.yaml": "replicas: 4\nimage: {digest: x}"})
    bench.deploy()
    assert bench.cluster.things.all["Deployment/orders"].body["spec"]["replicas"] == 4
    assert "HorizontalPodAutoscaler/orders" not in bench.cluster.things.all


def test_a_deployment_waits_for_the_autoscalers_least_number(bench: Bench) -> None:
    bench.publish(
        **{"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 3}
    )

    def scales() -> None:
        bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 3, "kube-controller-manager")

    bench.while_waiting = scales
    bench.deploy()
    assert bench.waited == 1
    assert "Deployment/orders: 1 of 3 ready (the autoscaler's least)" in bench.said
    bench.waited = 0
    bench.while_waiting = lambda: scales() if bench.waited > len(BLINKS) else None
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 1, "kube-controller-manager")
    _, did = bench.deploy()
    assert did.acted, "fewer run than should"


def test_an_autoscaler_that_does_not_scale_is_a_failure_once_the_time_is_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(
        **{"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 3}
    )
    began = time.monotonic()
    bench.while_waiting = lambda: monkeypatch.setattr(time, "monotonic", lambda: began + 600)
    with pytest.raises(ToolFailed, match="1 of 3 ready") as caught:
        bench.deploy()
    assert code_of(caught.value) == "not-ready"


def test_a_date_that_is_put_right_is_no_time_that_passes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(
        **{"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 3}
    )
    began = time.time()
    bench.while_waiting = lambda: monkeypatch.setattr(time, "time", lambda: began + 86400)
    with pytest.raises(AssertionError, match="for ever"):
        bench.deploy()


# --- a plan that was promised ---------------------------------------------------------------------


def test_the_plan_that_was_promised_is_done_and_said(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    plan = bench.plan()
    assert plan.acts
    _, did = bench.deploy(promised=plan.digest)
    assert did.acted
    assert list(lines(plan)) == [each for each in bench.said if each.startswith(("ours", "note"))]
    assert ONE in bench.said


@pytest.mark.parametrize("moment", ["first", "later"])
def test_a_plan_of_another_state_of_the_cluster_is_refused(bench: Bench, moment: str) -> None:
    if moment == "later":
        bench.deploy()
    plan = bench.plan()
    if moment == "later":
        bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    else:
        bench.deploy()
    before = list(bench.records)
    with pytest.raises(Refused) as caught:
        bench.deploy(promised=plan.digest)
    assert (code_of(caught.value), caught.value.exit_code) == ("cluster-moved", 6)
    assert list(bench.records) == before
