"""A way back beside what somebody has begun, or was killed in: waited for, taken up, gone back from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from tests.counting import Effects
from tests.doubles import Killed, Ledger
from tests.promoting import Bench
from tests.promotions import event, person
from tests.unit.steps.promotion.rollback.ways import ready, running


def half_done(folder: Path, promoted: int) -> Bench:
    """1.0.0, then 1.0.1 in staging, and the promotion of 1.0.2 killed at an effect."""
    bench = ready(folder)
    bench.release("1.0.2")
    bench.effects.kill_at = promoted
    with pytest.raises(Killed):
        bench.promote()
    bench.effects = Effects()
    return bench


def test_a_promotion_left_half_done_is_gone_back_from(tmp_path: Path) -> None:
    bench = half_done(tmp_path, 2)
    bench.rollback()
    assert running(bench) == "1.0.1"
    with pytest.raises(Refused, match=r"held against 1\.0\.2"):
        bench.promote("1.0.2")


def test_while_a_promotion_is_under_way_it_waits(tmp_path: Path) -> None:
    bench = half_done(tmp_path, 2)
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
