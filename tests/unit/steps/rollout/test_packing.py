from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelinekit.steps.rollout.packing import prepare
from pipelinekit.steps.rollout.part import policies_of, release_of
from tests.rollouts import Bench


def test_charts_of_all_components_are_prepared_together_and_what_is_packaged_is_not(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(policies="policies")
    prepare([part], bench.shelf)
    assert bench.charts.prepared == [[part.folder / "policies", part.folder / "chart"]]
    release_of(part, bench.shelf, publish=False)
    policies_of(part, bench.shelf, publish=False)
    prepare([part], bench.shelf)
    assert len(bench.charts.prepared) == 1


def test_one_chart_costs_no_more_by_itself(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    prepare([bench.part()], bench.shelf)
    assert bench.charts.prepared == []


def test_what_is_wrong_with_one_stops_no_other(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(policies="policies")
    prepare([replace(part, own="a: ["), part], bench.shelf)
    policies, chart = part.folder / "policies", part.folder / "chart"
    assert bench.charts.prepared == [[policies, policies, chart]]


def test_an_upstream_archive_is_nobodys_to_pack(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(chart="", archive=bench.archive())
    prepare([part, bench.part(chart="", archive=bench.archive())], bench.shelf)
    assert bench.charts.prepared == []
