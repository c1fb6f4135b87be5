"""A Deployment that a hand has paused: Helm 4 waits for it in vain, Helm 3 takes old pods for new ones."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.deployment import Look, Standing
from pipelinekit.plan.deploying import paused
from pipelinekit.plan.deploying.deployment import standing
from tests.fielded import by, made


def halted(manager: str = "kubectl-rollout") -> dict[str, Any]:
    return by(manager, made(paused=True), paused.PAUSED)


def test_one_that_stays_paused_stands_in_the_way_of_a_deployment() -> None:
    there = standing(Look(live=[halted()], applied=[made(paused=True)]), [made()])
    assert not there.touched, "what a chart does not declare is others' to say"
    (finding,) = paused.findings(there)
    assert (finding.verdict, finding.code) == ("refused", "deployment-paused")
    assert finding.problem.startswith("Deployment/orders is paused")


def test_one_that_the_chart_lets_go_on_or_pauses_itself_does_not() -> None:
    assert paused.of(Look(live=[halted()], applied=[made(paused=False)])) == ()
    assert paused.of(Look(live=[halted("helm")], applied=[made(paused=True)])) == ()
    assert paused.of(Look(live=[halted()], applied=[])) == ()
    assert paused.findings(Standing()) == paused.findings(None) == ()
