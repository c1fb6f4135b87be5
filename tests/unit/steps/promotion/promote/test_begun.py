"""A promotion that somebody has begun: waited for, taken up, ended, or made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.ledger import PLATFORM
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.plan.gates.stops import unreviewed
from pipelinekit.steps.promotion import books
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import RITA, Bench
from tests.promotions import BRANCH, PIPELINE, event, person


@pytest.mark.parametrize("alive", [True, False])
def test_what_somebody_else_has_begun_is_waited_for_or_goes_on(bench: Bench, alive: bool) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    assert bench.kinds() == ["requested"]
    if alive:
        bench.living.add("me")
        told = "nothing else begins: 1.0.0 is on its way to staging (rita has begun it)"
        assert told in bench.plan().survey.notes
        with pytest.raises(Refused, match="is on its way to staging"):
            bench.promote()
        assert bench.kinds() == ["requested", "refused"]
    else:
        assert not any("nothing else begins" in each for each in bench.plan().survey.notes)
        bench.promote()
        assert bench.kinds() == ["requested", "requested", "promoted", "verified"]


def test_who_takes_up_what_was_left_says_so_first_and_nobody_else_acts(bench: Bench) -> None:
    """Another one is quicker between the look at what was left and the word that it goes on."""
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    bench.outrun()
    with pytest.raises(Refused, match="is on its way to staging \\(ann has begun it\\)"):
        bench.promote()
    assert bench.kinds() == ["requested", "requested", "refused"]
    assert bench.releases.revisions() == {}
    assert "install" not in bench.effects.names


def test_what_is_taken_up_twice_is_still_known_to_have_acted(bench: Bench) -> None:
    """The revision before its first effect is that of the first beginning."""
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.promote()
    bench.effects.kill_at = bench.effects.count + 1
    with pytest.raises(Killed):
        bench.promote()
    assert bench.kinds() == ["requested", "requested"]
    assert [each.details["live"] for each in bench.ledger.history(BRANCH).events[-2:]] == [0, 0]
    bench.stop("frozen")
    bench.promote()
    assert bench.kinds() == ["requested"] * 3 + ["promoted", "verified"]


def test_what_somebody_else_is_proving_is_theirs_to_prove(bench: Bench) -> None:
    bench.effects.kill_at = 4
    with pytest.raises(Killed):
        bench.promote()
    assert bench.kinds() == ["requested", "promoted"]
    bench.living.add("me")
    (did,) = bench.promote()
    assert (did.acted, bench.kinds()) == (False, ["requested", "promoted"])
    bench.living.clear()
    bench.promote()
    assert bench.kinds() == ["requested", "promoted", "verified"]


def test_another_release_ends_what_was_left_and_both_are_recorded(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0")
    bench.release("1.0.1")
    bench.promote("1.0.1")
    assert bench.kinds() == ["requested", "failed", "requested", "promoted", "verified"]


def test_another_release_that_may_not_come_ends_nothing_that_was_left(bench: Bench) -> None:
    """Who mistypes a version would take another's approvals away, and the word that it has acted."""
    bench.release("1.0.1")
    bench.effects.kill_at = bench.effects.count + 2
    with pytest.raises(Killed):
        bench.promote("1.0.1")
    bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    with pytest.raises(Refused, match="barred"):
        bench.promote("1.0.0")
    bench.stop("frozen")
    bench.promote("1.0.1")
    assert bench.kinds() == ["requested", "refused", "requested", "promoted", "verified"]


def test_killed_at_each_effect_and_run_again_it_ends_like_an_undisturbed_run(tmp_path: Path) -> None:
    elsewhere = {"registry": "prod:5000", "charts": "oci://prod:5000/charts"}

    def ready(folder: str) -> Bench:
        made = Bench(tmp_path / folder, production=elsewhere)
        made.release("1.0.0")
        made.promote()
        made.release("1.0.1")
        made.promote()
        made.effects = Effects()
        return made

    undisturbed = ready("none")
    undisturbed.promote("1.0.1", "production")
    assert undisturbed.effects.names == [
        "write requested",
        "copy prod:5000/payments/orders:1.0.1",
        "copy prod:5000/charts/payments/orders:1.0.1",
        "install",
        "installed",
        "write promoted",
        "write verified",
    ]
    for number in range(undisturbed.effects.count):
        bench = ready(f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            bench.promote("1.0.1", "production")
        bench.promote("1.0.1", "production")
        assert bench.ends() == undisturbed.ends(), number


def test_what_had_begun_before_a_freeze_may_end_inside_it(bench: Bench) -> None:
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.promote()
    bench.stop("frozen")
    bench.promote()
    assert bench.kinds() == ["requested", "requested", "promoted", "verified"]


def test_what_had_changed_nothing_before_a_freeze_may_not(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    bench.stop("frozen")
    with pytest.raises(Refused, match="everything was frozen"):
        bench.promote()
    assert bench.kinds() == ["requested", "refused"]


@pytest.mark.parametrize("live", [-1, 0, "x", [1], None])
def test_a_beginning_that_somebody_has_made_up_opens_no_gate(bench: Bench, live: Any) -> None:
    bench.promote()
    bench.production = {"approvals": Approvals(count=2, groups=("release-managers",))}
    bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    release = bench.plan(to="production").survey.release
    details = {"stage": "begun", "holder": "gone", "until": live, "live": live}
    found = books.digests_of(release)
    bench.write(person("eve"), event("requested", "1.0.0", "production", digests=found, details=details))
    with pytest.raises(Refused) as caught:
        bench.promote("1.0.0", "production")
    assert [each.code for each in caught.value.faults] == ["gate-bar", "gate-approvals"]
    assert bench.kinds("production") == ["requested", "refused"]
    assert ("payments-production", "orders") not in bench.cluster.records


def test_an_emergency_that_goes_on_from_a_beginning_is_recorded_once(bench: Bench) -> None:
    bench.production = {"emergency": ("sre",)}
    sam = person("sam", "sre")
    release = bench.plan("1.0.0", "production").survey.release
    details = {"stage": "begun", "holder": "gone", "until": 0}
    found = books.digests_of(release)
    bench.write(sam, event("requested", "1.0.0", "production", digests=found, details=details))
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    assert bench.kinds("production") == [
        *("requested", "emergency", "requested", "requested", "promoted", "verified")
    ]


def test_a_pipeline_ends_nobody_s_promotion(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    begun = bench.ledger.history(BRANCH).entries[-1].commit
    bench.living.add("me")
    for kind, where in (("refused", "staging"), ("deployed", "dev")):
        bench.write(PIPELINE, event(kind, "1.0.0", where, details={"begun": begun}))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="is on its way to staging"):
        bench.promote()


def test_what_somebody_stood_on_while_another_beginning_was_ended_is_no_cut(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0")
    bench.release("1.0.1")

    def quicker(_: object) -> None:
        bench.stop("thawed")
        head = bench.ledger.history(PLATFORM).head
        bench.write(person("ann"), event("requested", "1.0.1", "production", details={"common": head}))
        bench.ledger.as_writer = RITA

    bench.ledger.meddler = quicker
    bench.promote("1.0.1")
    assert bench.kinds() == ["requested", "failed", "requested", "promoted", "verified"]


def test_who_goes_past_gates_on_top_of_another_s_emergency_declares_one_of_their_own(bench: Bench) -> None:
    """Told as the first one's alone, the second could review what they did themselves."""
    sam, eve = person("sam", "sre"), person("eve", "sre")
    bench.production = {"emergency": ("sre",)}
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    bench.promote("1.0.0", "production", eve, emergency=True, reason="still burning")
    waiting = unreviewed(bench.ledger.history("apps/payments/orders"), bench.environment("production"))
    assert [(each.writer and each.writer.person, each.event.reason) for each in waiting] == [
        ("sam", "fire"),
        ("eve", "still burning"),
    ]


def test_an_emergency_that_was_reviewed_is_not_used_a_second_time(bench: Bench) -> None:
    sam = person("sam", "sre")
    bench.production = {"emergency": ("sre",)}
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    bench.write(person("ann"), event("reviewed", "1.0.0", "production"))
    bench.promote("1.0.0", "production", sam, emergency=True, reason="again")
    (waiting,) = unreviewed(bench.ledger.history("apps/payments/orders"), bench.environment("production"))
    assert waiting.event.reason == "again"
