from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, failed
from pipelinekit.model.ledger import MOVED
from pipelinekit.steps.promotion.books import TRIES, note, read, settle, told
from tests.doubles import Ledger
from tests.promotions import BRANCH, event


def test_a_note_goes_after_whatever_came_first() -> None:
    ledger = Ledger()
    ledger.meddler = lambda books: books.add(event("barred"))
    history = note(ledger, event("unbarred"))
    assert [each.kind for each in history.events] == ["barred", "unbarred"]


def test_a_ledger_that_never_stands_still_is_given_up() -> None:
    ledger = Ledger()

    def meddle(books: Ledger) -> None:
        books.add(event("barred"))
        books.meddler = meddle

    ledger.meddler = meddle
    with pytest.raises(Refused) as caught:
        note(ledger, event("unbarred"))
    assert caught.value.faults[0].code == MOVED
    assert len(ledger.history(BRANCH).entries) == TRIES


def test_what_was_judged_is_written_after_what_was_read_or_not_at_all() -> None:
    ledger = Ledger()
    history, common = read(ledger, "payments", "orders")
    assert (history.head, common.head) == ("", "")
    ledger.add(event("barred"))
    assert settle(ledger, history, [event("unbarred")]) is None
    assert settle(ledger, ledger.history(BRANCH), [event("unbarred")])


def test_what_nobody_answers_is_no_move() -> None:
    ledger = Ledger(silent=True)
    with pytest.raises(Refused, match="does not answer"):
        note(ledger, event("barred"))
    with pytest.raises(Refused, match="does not answer"):
        settle(ledger, Ledger().history(BRANCH), [event("barred")])


def test_the_first_reason_is_told() -> None:
    assert told(failed("x", "no such image")) == "no such image"
    assert told(ValueError("x" * 900)) == "x" * 500
