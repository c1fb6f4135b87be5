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


def test_what_was_deployed_from_elsewhere_is_verified_too(tmp_path: Path) -> None:
    """As a controller's Job does it: the build that follows it has deployed nothing itself."""
    bench = Bench(tmp_path)
    part = bench.part()
    bench.deploy(part)
    bench.receipts.clear()
    part = bench.part()
    assert verify(part, bench.shelf, bench.site, say=print).state == "deployed"
    assert verify(part, bench.shelf, bench.site, say=print).state == "unchanged"


def test_what_runs_in_another_version_than_the_wanted_one_is_not_verified(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.deploy(bench.part())
    with pytest.raises(Refused):
        verify(bench.part(version="1.1.0"), bench.shelf, bench.site, say=print)
