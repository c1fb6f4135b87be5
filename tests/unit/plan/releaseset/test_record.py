from __future__ import annotations

from typing import Any

from pipelinekit.model.ledger import Entry, Event, History, Writer
from pipelinekit.plan.releaseset.record import Part, Record, brought, details_of, last_of, record_of, underway

RECORD = Record(
    name="checkout",
    parts=(
        Part(application="a/x", version="1.1.0", before="1.0.0"),
        Part(application="a/y", version="2.0.0"),
    ),
)


def entry(number: int, kind: Any, **details: Any) -> Entry:
    event = Event(kind=kind, environment="staging", details=details_of(RECORD, **details))
    return Entry(event=event, commit=str(number), writer=Writer(role="person", person="ada"))


def history(*entries: Entry) -> History:
    return History(entries=entries, head=entries[-1].commit if entries else "")


def test_what_is_told_is_read_back() -> None:
    assert record_of(entry(1, "requested", stage="begun").event) == RECORD
    assert record_of(Event(kind="frozen")) is None
    assert record_of(Event(kind="frozen", details={"set": "x", "members": [1, {}]})) == Record(
        name="x", parts=(Part(application="", version=""),)
    )


def test_what_has_begun_is_underway_until_an_end_names_it_or_somebody_takes_it_up() -> None:
    begun = entry(1, "requested", stage="begun")
    assert underway(history(begun), "staging", {"a/x"}) == begun
    assert underway(history(begun), "production", {"a/x"}) is None
    assert underway(history(begun), "staging", {"a/z"}) is None
    assert underway(history(begun, entry(2, "set-promoted", begun="1")), "staging", {"a/x"}) is None
    assert underway(history(begun, entry(2, "approved", begun="1")), "staging", {"a/x"}) == begun
    taken = entry(2, "requested", stage="begun", takes="1")
    assert underway(history(begun, taken), "staging", {"a/x"}) == taken
    assert underway(history(begun, taken, entry(3, "failed", begun="2")), "staging", {"a/x"}) is None


def test_what_a_set_has_brought_is_known_until_it_is_over() -> None:
    begun, failed = entry(1, "requested", stage="begun"), entry(2, "failed", begun="1")
    assert brought([begun, failed], "staging", RECORD)["a/x"] == "1.0.0"
    assert brought([begun, entry(2, "set-promoted", begun="1")], "staging", RECORD) == {}
    assert brought([begun], "staging", Record(name="other", parts=RECORD.parts)) == {}


def test_the_newest_word_on_each_set() -> None:
    begun, failed = entry(1, "requested", stage="begun"), entry(2, "failed", begun="1")
    assert last_of([begun], "staging") == {"checkout": begun}
    assert last_of([begun, failed, entry(3, "approved")], "staging") == {"checkout": failed}
