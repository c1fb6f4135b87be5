from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.model.ledger import Entry, History, Writer
from pipelinekit.steps.promotion import leftover
from tests.promoting import Bench
from tests.promotions import event

BEGUN = Entry(
    event=event("requested", details={"holder": "x", "until": 1_790_000_000, "live": 3}), commit="c" * 40
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made


@pytest.mark.parametrize(
    ("alive", "now", "lives"),
    [
        (True, 9_000_000_000, True),
        (False, 0, False),
        (None, 1_790_000_000, True),
        (None, 1_790_000_001, False),
    ],
)
def test_who_is_on_another_machine_may_be_at_it_until_its_time_is_over(
    bench: Bench, alive: bool | None, now: int, lives: bool
) -> None:
    bench.now = now
    assert leftover.lives(replace(bench.around(), alive=lambda _: alive), BEGUN, History()) is lives


def test_nobody_s_time_is_longer_than_a_deployment_s(bench: Bench) -> None:
    """Or somebody's word would keep everybody out of an environment for ever."""
    forged = replace(BEGUN, event=replace(BEGUN.event, at=1_790_000_000, details={"until": 10**12}))
    around = replace(bench.around(), alive=lambda _: None)
    bench.now = 1_790_000_000 + leftover.LONGEST + leftover.GRACE
    assert leftover.lives(around, forged, History())
    bench.now += 1
    assert not leftover.lives(around, forged, History())


def test_a_beginning_by_a_wrong_clock_is_waited_for_from_when_another_person_has_written(
    bench: Bench,
) -> None:
    around = replace(bench.around(), alive=lambda _: None)
    now = bench.now
    far = now + 10**8
    said = replace(BEGUN.event, at=far, details={"until": far + 1000})
    begun = replace(BEGUN, event=said, writer=Writer(role="person", person="ann"))

    def entry(person: str, at: int) -> Entry:
        return Entry(
            event=event("approved", at=at), commit=person, writer=Writer(role="person", person=person)
        )

    me = around.ledger.writer().person
    alone = (entry("bob", now - 10), begun, entry("ann", now), entry(me, now))
    later = History(entries=(*alone, entry("bob", now + 60), entry("eve", now + 9000)))
    bench.now = now + 60 + leftover.LONGEST + leftover.GRACE
    assert leftover.lives(around, begun, later)
    bench.now += 1
    assert not leftover.lives(around, begun, later)
    assert leftover.lives(around, begun, History(entries=alone)), "nobody says which clock is wrong"


def test_who_takes_it_up_names_it_and_keeps_the_revision_from_before_it(bench: Bench) -> None:
    survey, around = bench.plan("1.0.0").survey, bench.around()
    until = bench.now + around.timeout + leftover.GRACE
    fresh = {"stage": "begun", "holder": "me", "until": until, "live": 0}
    assert leftover.hands(around, survey, History()) == fresh
    assert leftover.hands(around, survey, History(head="c" * 40), BEGUN) == {
        **fresh,
        "live": 3,
        "takes": BEGUN.commit,
        "common": "c" * 40,
    }


def test_the_cluster_s_word_counts_for_whether_it_has_acted(bench: Bench) -> None:
    survey = bench.plan("1.0.0").survey
    assert not leftover.has_acted(bench.around(), survey, BEGUN)
    bench.promote()
    before = replace(BEGUN, event=replace(BEGUN.event, details={"live": 0}))
    assert leftover.has_acted(bench.around(), survey, before)
    assert not leftover.has_acted(bench.around(), survey, BEGUN)


def test_its_end_names_it(bench: Bench) -> None:
    ended = leftover.abandoned(bench.around(), BEGUN)
    assert (ended.kind, ended.details, ended.at) == ("failed", {"begun": BEGUN.commit}, bench.now)
