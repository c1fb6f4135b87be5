from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import CheckFailed, Refused
from pipelinekit.model.ledger import PLATFORM, History
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.steps.promotion import rollback
from tests.promotions import BRANCH, event, person
from tests.unit.steps.promotion.rollback.ways import ready, running


def test_back_is_one_word_and_a_hold_follows(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    deployed, _, held = bench.rollback()
    assert held.sentence.startswith("staging is held against 1.0.1 and before: ")
    assert deployed.sentence == "orders 1.0.0 runs in staging (namespace payments-staging)"
    assert bench.kinds()[-4:] == ["requested", "rolled-back", "held", "verified"]
    with pytest.raises(
        Refused, match=r"held against 1\.0\.1 and before by rita: rolled back to 1\.0\.0: slow"
    ):
        bench.promote("1.0.1")
    bench.release("1.0.2")
    bench.promote("1.0.2")
    assert running(bench) == "1.0.2"


def test_a_hold_is_dated_when_it_follows_and_not_when_the_way_back_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = ready(tmp_path)
    install = bench.releases.install

    def slowly(*told: Any, **rest: Any) -> Any:
        bench.now += 60
        return install(*told, **rest)

    monkeypatch.setattr(bench.releases, "install", slowly)
    bench.rollback()
    back, held = bench.ledger.history(BRANCH).events[-3:-1]
    assert (back.kind, held.kind, held.at) == ("rolled-back", "held", back.at)


def test_to_look_at_the_way_back_reads_each_branch_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = ready(tmp_path)
    history, asked = bench.ledger.history, list[str]()

    def told(branch: str) -> History:
        asked.append(branch)
        return history(branch)

    monkeypatch.setattr(bench.ledger, "history", told)
    survey, bad = rollback.foresee(bench.around(), "payments", "orders", bench.environment("staging"), "")
    assert (survey.release.version, bad) == ("1.0.0", "1.0.1")
    assert asked == [BRANCH, PLATFORM]


def test_back_again_goes_further_back_and_not_to_what_was_gone_back_from(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.promote()
    bench.rollback()
    assert running(bench) == "1.0.1"
    bench.rollback()
    assert running(bench) == "1.0.0"
    with pytest.raises(Refused, match="nothing that was in staging before"):
        bench.rollback()


def test_neither_a_freeze_nor_missing_approvals_stop_it(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    for version in ("1.0.0", "1.0.1"):
        bench.promote(version, "production")
    bench.production = {"approvals": Approvals(count=2, groups=("release-managers",))}
    bench.stop("frozen", reason="year end")
    bench.rollback("production", "1.0.0")
    assert bench.kinds("production")[-3:] == ["rolled-back", "held", "verified"]


def test_what_was_never_there_is_no_way_back_around_the_gates(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.promote("1.0.0", "production")
    bench.release("1.0.2")
    bench.production = {"approvals": Approvals(count=2, groups=("release-managers",))}
    for version in ("1.0.2", "1.0.1"):
        with pytest.raises(Refused, match=f"{version} was never in production"):
            bench.rollback("production", version)
    assert bench.kinds("production") == ["requested", "promoted", "verified"]


def test_a_way_back_leads_forward_only_where_nothing_is_held(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.rollback()
    bench.production = {"approvals": Approvals(count=2, groups=("release-managers",))}
    bench.stop("frozen")
    with pytest.raises(Refused, match=r"1\.0\.1 is later than what staging has, which is held by rita"):
        bench.rollback(to="1.0.1")
    bench.write(person("ann"), event("unheld", "", "staging"))
    bench.rollback(to="1.0.1")
    assert running(bench) == "1.0.1"


def test_beyond_helms_history(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    records = bench.cluster.records["payments-staging", "orders"]
    del records[1]
    bench.rollback()
    assert running(bench) == "1.0.0"
    assert records[max(records)].values["digest"] == bench.ledger.history(BRANCH).events[0].digests.chart


@pytest.mark.parametrize("tasks", [True, False])
def test_no_old_task_runs_without_a_word(tmp_path: Path, tasks: bool) -> None:
    bench = ready(tmp_path, before="x")
    bench.rollback(tasks=tasks)
    records = bench.cluster.records["payments-staging", "orders"]
    assert ("before" in records[max(records)].values) is not tasks


def test_the_plan_of_a_promotion_says_beforehand_whether_there_is_a_way_back(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    assert bench.plan().survey.notes == ()
    bench.before = "x"
    bench.release("1.0.3")
    assert bench.plan().survey.notes == ("no way back: the tasks of 1.0.3 (migrate) are not undone",)
    bench.registry.manifests.clear()
    notes = bench.plan("1.0.2").survey.notes
    assert any("no registry has r:5000/payments/orders" in each for each in notes)


def test_a_barred_version_is_not_gone_back_to(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    with pytest.raises(Refused, match="was barred by ann: leak"):
        bench.rollback()


def test_what_the_registry_no_longer_has_is_refused_before_anything_is_changed(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.registry.manifests.clear()
    with pytest.raises(Refused, match="cannot be brought back"):
        bench.rollback()
    assert bench.effects.count == 0


def test_what_runs_already_is_no_way_back(tmp_path: Path) -> None:
    (did,) = ready(tmp_path).rollback(to="1.0.1")
    assert not did.acted


def test_after_tests_that_failed_back_is_further_back(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.promote()
    bench.releases.tests_fail = "404"
    with pytest.raises(CheckFailed):
        bench.rollback()
    assert running(bench) == "1.0.1"
    assert bench.kinds()[-3:] == ["rolled-back", "held", "failed"]
    lifts = "`pipelinekit unhold payments/orders --env staging` lifts it"
    assert bench.said[-1] == f"staging is held against 1.0.2 and before: {lifts}"
    bench.releases.tests_fail = ""
    bench.rollback()
    assert running(bench) == "1.0.0"
