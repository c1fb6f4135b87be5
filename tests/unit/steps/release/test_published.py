from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.steps import release
from tests.doubles import Receipts, Signer
from tests.unit.steps.release.bench import PLAN, Bench, another_key, code_of


def test_a_published_chart_is_taken_when_the_repository_still_has_it(bench: Bench) -> None:
    assert release.published(PLAN, bench.registry, bench.receipts) == bench.chart


def test_without_a_published_chart_nothing_is_deployed(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, Receipts())
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)
    assert caught.value.faults[0].hint.startswith(
        "run `pipelinekit build` first, then push, package, publish; "
    )


@pytest.mark.parametrize("key", [{"commit": "f"}, {"descriptor": "d"}, {"platform": "p"}])
def test_a_chart_of_something_else_is_refused(bench: Bench, key: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        release.published(another_key(**key), bench.registry, bench.receipts)
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)


@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_a_chart_that_the_repository_has_no_more_is_refused(bench: Bench, change: str) -> None:
    bench.registry.delete(PLAN.chart)
    if change == "replaced":
        bench.registry.store(PLAN.chart, {"chart": b"another"})
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, bench.receipts)
    assert code_of(caught.value) == "chart-moved"


def test_a_chart_of_the_same_commit_on_another_branch_is_not_said_to_be_lost(bench: Bench) -> None:
    here = replace(PLAN, version="1.2.3-trunk.g0", chart=replace(PLAN.chart, tag="1.2.3-trunk.g0"))
    with pytest.raises(Refused) as caught:
        release.published(here, bench.registry, bench.receipts)
    (fault,) = caught.value.faults
    assert (fault.code, fault.hint.partition(";")[0]) == ("receipt-stale", "run `pipelinekit publish` again")
    assert f"{bench.chart.version} then, 1.2.3-trunk.g0 now" in fault.problem


def test_where_charts_are_verified_an_unsigned_one_is_refused(bench: Bench) -> None:
    signer = Signer()
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, bench.receipts, signer)
    assert code_of(caught.value) == "chart-unsigned"
    signer.signatures.add(bench.chart.digest)
    assert release.published(PLAN, bench.registry, bench.receipts, signer) == bench.chart
