"""A release as it is recorded where it runs, and made again from that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import DocumentInvalid, Refused
from pipelinekit.plan.rollout.recorded import read_recorded
from pipelinekit.steps.rollout.recorded import again, record
from tests.promotedparts import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_it_has_all_values_and_not_the_marks_of_the_chart_that_they_were_given_to(bench: Bench) -> None:
    part = bench.part(values={"size": 1, "global": {"zone": "a"}}, policies="policies")
    found = read_recorded(record(replace(part, own="size: 2\nmore: 3"), bench.shelf, publish=True))
    assert found.chart.values == {"size": 1, "more": 3, "global": {"zone": "a"}}
    assert found.chart.name == "store-chart"
    assert found.policies
    assert found.policies.values == {}


def test_what_is_shared_with_policies_is_recorded_with_them(bench: Bench) -> None:
    part = bench.part(values={"size": 1, "where": {"it": "is"}}, policies="policies")
    sharing = replace(part, component=replace(part.component, shared=("/where",)))
    found = read_recorded(record(sharing, bench.shelf, publish=True))
    assert found.policies
    assert found.policies.values == {"where": {"it": "is"}}


def test_published_or_not_it_has_one_version(bench: Bench) -> None:
    part = bench.part()
    assert record(part, bench.shelf, publish=False).version == record(part, bench.shelf, publish=True).version


def test_a_date_is_the_text_that_helm_takes_it_for(bench: Bench) -> None:
    archive = bench.dev.archive()
    part = replace(bench.part(), component=replace(bench.part().component, chart="", archive=archive))
    found = record(replace(part, own="day: 2026-01-02"), bench.shelf, publish=True)
    assert read_recorded(found).chart.values == {"day": "2026-01-02"}


def test_made_again_it_gives_charts_what_they_were_given(bench: Bench) -> None:
    part = bench.part(values={"size": 1})
    release = record(part, bench.shelf, publish=True)
    bench.release(part)
    made = again(release, bench.platform, bench.environment)
    assert made.values(made.recorded.chart) == bench.values(bench.dev)
    assert (made.target.context, made.target.namespace) == ("prod", "stores")


def test_a_component_of_another_name_is_none(bench: Bench) -> None:
    release = record(bench.part(), bench.shelf, publish=True)
    with pytest.raises(DocumentInvalid, match="the folder is 'other'"):
        again(replace(release, name="other"), bench.platform, bench.environment)
    with pytest.raises(Refused):
        again(replace(release, descriptor=json.dumps({})), bench.platform, bench.environment)
