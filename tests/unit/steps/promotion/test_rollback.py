from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import CheckFailed, Refused
from pipelinekit.model.ledger import PLATFORM, History
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.steps.promotion import rollback
from tests.counting import Effects
from tests.doubles import Killed, Ledger
from tests.promoting import Bench
from tests.promotions import BRANCH, event, person


def ready(folder: Path, *, before: str = "") -> Bench:
    """1.0.0, then 1.0.1 in staging."""
    made = Bench(folder, before=before)
    for version in ("1.0.0", "1.0.1"):
        made.release(version)
        made.promote()
    made.effects = Effects()
    return made


def running(bench: Bench) -> str:
    return bench.plan("1.0.0").survey.live.version


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


def test_a_promotion_left_half_done_is_gone_back_from(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.promote()
    bench.rollback()
    assert running(bench) == "1.0.1"
    with pytest.raises(Refused, match=r"held against 1\.0\.2"):
        bench.promote("1.0.2")


def test_while_a_promotion_is_under_way_it_waits(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.promote()
    bench.living.add("me")
    with pytest.raises(Refused, match="is on its way to staging"):
        bench.rollback()


def test_killed_at_each_effect_and_run_again_it_ends_like_an_undisturbed_run(tmp_path: Path) -> None:
    undisturbed = ready(tmp_path / "none")
    undisturbed.rollback()
    assert undisturbed.effects.names == [
        *("write requested", "install", "installed", "write rolled-back, held", "write verified")
    ]
    for number in range(undisturbed.effects.count):
        bench = ready(tmp_path / f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            bench.rollback()
        bench.rollback()
        assert bench.ends() == undisturbed.ends(), number


def half_done(folder: Path, promoted: int) -> Bench:
    """1.0.0, then 1.0.1 in staging, and the promotion of 1.0.2 killed at an effect."""
    bench = ready(folder)
    bench.release("1.0.2")
    bench.effects.kill_at = promoted
    with pytest.raises(Killed):
        bench.promote()
    bench.effects = Effects()
    return bench


@pytest.mark.parametrize("promoted", [1, 2, 3])
def test_killed_on_the_way_back_from_what_was_left_half_done_it_goes_no_further(
    tmp_path: Path, promoted: int
) -> None:
    undisturbed = half_done(tmp_path / "none", promoted)
    undisturbed.rollback()
    assert running(undisturbed) == "1.0.1"
    assert undisturbed.effects.count >= 3
    for number in range(undisturbed.effects.count):
        bench = half_done(tmp_path / f"killed-{number}", promoted)
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            bench.rollback()
        bench.rollback()
        assert running(bench) == "1.0.1", number
        assert bench.ends() == undisturbed.ends(), number


@pytest.mark.parametrize("write", [1, 2])
@pytest.mark.parametrize("promoted", [1, 2, 3])
def test_whoever_is_quicker_at_a_write_ends_no_way_back_from_what_was_left_half_done(
    tmp_path: Path, promoted: int, write: int
) -> None:
    bench = half_done(tmp_path, promoted)
    noted = event("attested", "1.0.1", details={"type": "scan"})
    writes = iter(range(1, 100))

    def quicker(ledger: Ledger) -> None:
        if next(writes) == write:
            bench.write(person("ann"), noted)
        else:
            ledger.meddler = quicker

    bench.ledger.meddler = quicker
    bench.rollback()
    assert running(bench) == "1.0.1"
    with pytest.raises(Refused, match=r"held against 1\.0\.2"):
        bench.promote("1.0.2")


def test_a_way_back_is_taken_up_by_one_alone(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.rollback()
    revisions = bench.releases.revisions()
    bench.outrun()
    with pytest.raises(Refused, match="ann has begun it"):
        bench.rollback()
    assert bench.releases.revisions() == revisions


def test_of_two_ways_back_the_later_one_goes_no_further(tmp_path: Path) -> None:
    """The other one has ended already when we look again."""
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.promote()

    def quicker(_: object) -> None:
        bench.rollback()

    bench.ledger.meddler = quicker
    bench.rollback()
    assert running(bench) == "1.0.1"


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


def test_another_version_than_the_one_left_half_way_is_gone_back_to(tmp_path: Path) -> None:
    bench = ready(tmp_path)
    bench.release("1.0.2")
    bench.promote()
    bench.effects.kill_at = bench.effects.count + 1
    with pytest.raises(Killed):
        bench.rollback()
    bench.rollback(to="1.0.0")
    assert running(bench) == "1.0.0"
    with pytest.raises(Refused, match=r"held against 1\.0\.2"):
        bench.promote("1.0.2")
