from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.plan.rollout import handover as plan
from tests.handing import NAME
from tests.rollouts import Bench
from tests.unit.steps.handover.relief.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(Bench(tmp_path))
    made.bench.deploy(made.relief("1.0.0").part)
    made.jobs.put(NAME, {plan.PLAN: "sha256:one"})
    return made
