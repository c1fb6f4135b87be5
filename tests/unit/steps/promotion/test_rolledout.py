"""What a rollout asks the ledger first, and tells it afterwards, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from tests.promotedparts import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_each_thing_is_told_once_and_in_its_order(bench: Bench) -> None:
    part = bench.part()
    for _ in range(2):
        bench.release(part)
    assert [each.kind for each in bench.events()] == ["released", "deployed", "verified"]
    assert {each.team for each in bench.events()} == {""}
    assert bench.events()[1].details == {"revision": 1, "namespace": "stores"}
    assert bench.events()[0].platform == "p" * 40


def test_another_value_is_another_release(bench: Bench) -> None:
    first = bench.release(bench.part())
    second = bench.release(bench.part(values={"size": 2}))
    assert first != second
    assert [each.kind for each in bench.events()] == ["released", "deployed", "verified"] * 2


def test_freezes_holds_and_bars_refuse_a_rollout(bench: Bench) -> None:
    part, other = bench.part(), bench.part("web")
    version = bench.release(part)
    bench.told.require_free(part)
    bench.stop("barred", name="store", version=version, reason="leak")
    bench.stop("held", name="store", environment="dev", reason="move")
    with pytest.raises(Refused) as caught:
        bench.told.require_free(part)
    told = [each.problem for each in caught.value.faults]
    assert [each.rpartition(": ")[2] for each in told] == ["move", "leak"]
    assert "`pipelinekit unhold component:store --env dev`" in caught.value.faults[0].hint
    bench.told.require_free(other)
    bench.stop("frozen", environment="dev", reason="audit")
    with pytest.raises(Refused, match="frozen by rita: audit"):
        bench.told.require_free(other)


def test_a_ledger_that_does_not_answer_stops_nothing_and_that_is_said(bench: Bench) -> None:
    part = bench.part()
    bench.release(part)
    bench.ledger.silent = True
    told = bench.told
    told.deployed(part)
    told.verified(part)
    assert bench.said[-2:] == [
        "store: not in the ledger: the ledger does not answer",
        "store: not in the ledger, which did not answer: the same again tells it",
    ]


def test_one_that_does_not_answer_is_asked_once_for_all_components(bench: Bench) -> None:
    part = bench.part()
    bench.ledger.silent = True
    told, before = bench.told, len(bench.said)
    for _ in range(3):
        told.require_free(part)
    assert bench.said[before:] == ["whether dev is held or frozen is not known: the ledger does not answer"]


def test_what_has_no_semantic_version_is_told_to_nobody_and_said(bench: Bench) -> None:
    bench.told.deployed(bench.part(version="one"))
    assert bench.said[-1].startswith("store: not in the ledger: the version one of its chart is no semantic")


@pytest.mark.parametrize(
    "changed", [{"values": {"size": 2}}, {"version": "1.1.0"}, {"policies": "policies"}], ids=str
)
def test_what_changed_after_its_rollout_is_not_told_as_what_runs(bench: Bench, changed: Any) -> None:
    bench.release(bench.part())
    before = bench.events()
    for tell in (bench.told.deployed, bench.told.verified):
        tell(bench.part(**changed))
        assert bench.events() == before
        assert bench.said[-1].startswith("store: not in the ledger: what runs in stores is another one")


@pytest.mark.parametrize(("version", "own"), [("one", ""), ("2.0.0", "size: .inf")])
def test_what_no_release_can_be_made_of_is_frozen_and_held_as_well(
    bench: Bench, version: str, own: str
) -> None:
    part = replace(bench.part(version=version), own=own)
    bench.stop("barred", name="store", version="1.0.0", reason="another one")
    bench.told.require_free(part)
    bench.stop("frozen", environment="dev", reason="audit")
    with pytest.raises(Refused, match="frozen by rita: audit"):
        bench.told.require_free(part)


def test_a_branch_that_somebody_made_unreadable_hides_nothing_of_other_components(bench: Bench) -> None:
    store, web, told = bench.part(), bench.part("web"), bench.told
    bench.stop("held", name="web", environment="dev", reason="move")
    bench.ledger.joined.add("components/store")
    told.require_free(store)
    assert "not known: a commit of components/store joins two histories" in bench.said[-1]
    with pytest.raises(Refused, match="move"):
        told.require_free(web)
