"""A set that was approved goes on where it was killed: its own effects make its approval no void one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Request
from pipelinekit.steps.promotion.sets import together
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import CALLS, SET, Bench
from tests.promotions import person
from tests.unit.steps.promotion.sets.bring.sets import ends, of_set

BOTH = SET[1:]


def ready(root: Path) -> Bench:
    """Both are in staging, and approved for production."""
    made = Bench(root)
    for name, _ in BOTH:
        made.release("1.0.0", name, CALLS[name])
    made.together(*BOTH)
    made.production = {"approvals": Approvals(count=1, groups=("release-managers",))}
    where = made.environment("production")
    found = together.plan(made.around(), made.set_of(*BOTH), where, Request())
    made.write(person("ann", "release-managers"), together.approval(made.around(), found.plan, "seen"))
    made.effects = Effects()
    return made


def test_killed_at_each_effect_and_run_again_an_approved_set_ends_like_an_undisturbed_run(
    tmp_path: Path,
) -> None:
    whole = ready(tmp_path / "whole")
    whole.together(*BOTH, to="production")
    wanted = ends(of_set(whole)[-1])
    for number in range(whole.effects.count):
        bench = ready(tmp_path / f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            bench.together(*BOTH, to="production")
        bench.together(*BOTH, to="production")
        assert ends(of_set(bench)[-1]) == wanted, whole.effects.names[number]
        assert [bench.runs(name, "production") for name, _ in BOTH] == ["1.0.0"] * 2
