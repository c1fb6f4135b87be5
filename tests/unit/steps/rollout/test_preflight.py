from __future__ import annotations

from pipelinekit.model.component import Component
from pipelinekit.model.inspection import Facts, Tried
from pipelinekit.model.release import Target
from pipelinekit.plan.preflight.cluster import wanted
from pipelinekit.steps.rollout.preflight import preflight
from tests import examples, parts


def test_all_findings_come_together_whatever_the_first_ones_are() -> None:
    target = Target(
        name="p", environment=examples.platform().environments[0], namespace="default", context=""
    )
    store = Component(name="store", namespace="stores", chart="chart", data="all")
    world = parts.Inspector(Facts(version="1.20.0", client="1.20.0", rbac=False), Tried(problem="forbidden"))
    told: list[str] = []
    checks = preflight(target, [store], wanted([store], "busybox", "", 60), world, told.append)
    states = {each.name: each.state for each in checks}
    assert states["version"] == states["rbac"] == "fails"
    assert states["network policies"] == states["clock"] == "not checked"
    assert world.attempts == 1
    assert "60 s at most" in told[0]
