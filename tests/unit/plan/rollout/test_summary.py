from __future__ import annotations

from pipelinekit.model.rollout.part import DEPLOYED, FAILED, UNCHANGED, WAITING, Outcome, PartPlan
from pipelinekit.plan.rollout import summary


def test_failures_come_first_and_everything_is_named() -> None:
    outcomes = [
        Outcome(component="store", state=DEPLOYED),
        Outcome(component="cache", state=UNCHANGED),
        Outcome(component="after", state=WAITING, blocked=("web",)),
        Outcome(component="web", state=FAILED),
        Outcome(component="mail", state=FAILED, refused=True),
    ]
    assert summary.of_outcomes("deploy", "dev", outcomes, "deployed") == (
        "deploy in dev: refused mail; failed web; waiting after; deployed store; unchanged cache"
    )
    assert summary.of_outcomes("verify", "dev", outcomes[:1], "verified") == "verify in dev: verified store"


def test_a_plan_says_what_would_be() -> None:
    plans = [
        PartPlan(component="store", version="1", namespace="n", acts=True),
        PartPlan(component="cache", version="1", namespace="n", acts=False),
        PartPlan(component="web", version="1", namespace="n", acts=True, refusals=("no",)),
    ]
    assert summary.of_plans("dev", plans) == (
        "plan in dev: would be refused web; would be deployed store; unchanged cache"
    )


def test_of_many_some_are_named_and_of_none_that_is_said() -> None:
    many = [Outcome(component=f"c{at}", state=UNCHANGED) for at in range(summary.MOST + 3)]
    assert summary.of_outcomes("deploy", "dev", many, "deployed").endswith(f"c{summary.MOST - 1} and 3 more")
    assert summary.of_outcomes("deploy", "dev", [], "deployed") == "deploy in dev: nothing is on"
