from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.steps.rollout.verify import verify
from tests.rollouts import Bench


def test_the_charts_tests_run_once_a_revision(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part()
    bench.deploy(part)
    assert verify(part, bench.shelf, bench.site, say=print).state == "deployed"
    assert verify(part, bench.shelf, bench.site, say=print).state == "unchanged"
    assert bench.releases.tests_run == 1


def test_what_is_not_deployed_is_not_verified(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(Refused):
        verify(bench.part(), bench.shelf, bench.site, say=print)
