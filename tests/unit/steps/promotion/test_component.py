"""What is looked at before a component is promoted, and which release that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.gates import Approvals, Evidence
from pipelinekit.model.promotion import Verdict
from pipelinekit.steps.promotion.promote import Planned
from tests.promotedparts import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path, back=True)
    made.release(made.part(policies="policies"))
    return made


def planned(bench: Bench, name: str = "store") -> Planned:
    (found,) = bench.plan(name).members
    return found


def gate(bench: Bench, name: str) -> Verdict:
    return next(each for each in planned(bench).judged.verdicts if each.gate == name)


def test_a_plan_names_each_chart_its_release_its_values_and_what_runs_there(bench: Bench) -> None:
    parts = planned(bench).survey.plan.parts
    assert list(parts) == ["policies", "chart", "release", "values", "gates", "place", "live"]
    assert "charts/platform/store-chart:1.0.0 (sha256:" in parts["chart"]
    assert (parts["place"], parts["live"]) == ("namespace stores of prod", "nothing")
    bench.promote("store")
    assert planned(bench).survey.plan.parts["live"] == f"{bench.events()[-1].version}, revision 1"


def test_what_policies_are_told_of_a_cluster_is_that_clusters_and_part_of_the_plan(bench: Bench) -> None:
    before = planned(bench).survey.plan
    bench.network = Grounds(api_servers=("192.0.2.1/32",))
    after = planned(bench).survey.plan
    assert [each.partition(":")[0] for each in after.changed(before.parts)] == ["values"]
    bench.promote("store")
    records = bench.prod.cluster.records["stores", "store-policies"]
    assert records[max(records)].values["apiServers"] == ["192.0.2.1/32"]


def test_what_a_cluster_says_of_itself_comes_there_with_a_release_that_it_has_already(bench: Bench) -> None:
    bench.promote("store")
    assert planned(bench).there
    bench.network = Grounds(api_servers=("192.0.2.1/32",))
    assert not planned(bench).there
    bench.promote("store")
    records = bench.prod.cluster.records["stores", "store-policies"]
    assert records[max(records)].values["apiServers"] == ["192.0.2.1/32"]
    assert planned(bench).there


def test_a_way_back_is_what_the_ledger_knows_and_the_repository_still_has(bench: Bench) -> None:
    assert gate(bench, "back").open
    bench.promote("store")
    bench.release(bench.part(version="1.1.0", policies="policies"))
    assert gate(bench, "back").open
    tags: dict[Any, str] = bench.dev.registry.tags
    for each in [each for each in tags if each[2] == "1.0.0" and each[1].endswith("store-chart")]:
        del tags[each]
    bench.forget()
    assert "the chart store-chart 1.0.0 is gone" in gate(bench, "back").reason


def test_what_holds_data_has_no_way_back_over_a_major_version(bench: Bench) -> None:
    bench.release(bench.part(data="widgets"))
    bench.promote("store")
    bench.release(bench.part(version="2.0.0", data="widgets"))
    assert "holds data that 1.0.0 may not read" in gate(bench, "back").reason


def test_of_what_nobody_has_recorded_there_is_no_way_back(bench: Bench) -> None:
    bench.promote("store")
    bench.ledger.entries["components/store"] = bench.ledger.entries["components/store"][:3]
    assert "the ledger does not know what runs (unknown, revision 1)" in gate(bench, "back").reason


def test_evidence_is_of_exactly_this_release(bench: Bench) -> None:
    bench.production["evidence"] = (Evidence(type="scan"),)
    assert gate(bench, "evidence").reason == "there is no scan of this release"
    digests = bench.events()[0].digests
    details = {"type": "scan", "verdict": "passed"}
    bench.stop("attested", name="store", digests=digests, details=details)
    assert gate(bench, "evidence").open
    bench.release(bench.part(policies="policies", values={"size": 2}))
    assert not gate(bench, "evidence").open


def test_whose_commits_it_is_nobody_says_and_so_no_approval_without_authors_counts(bench: Bench) -> None:
    bench.production["approvals"] = Approvals(count=1, groups=("release-managers",), author=False)
    with pytest.raises(Refused, match="nobody knows who wrote its commits") as caught:
        bench.promote("store")
    assert any("set `author: true`" in (each.hint or "") for each in caught.value.faults)
