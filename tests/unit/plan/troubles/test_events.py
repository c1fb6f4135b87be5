from __future__ import annotations

from pipelinekit.plan.troubles.events import about, happened
from tests.podstates import event, pod


def test_an_event_happened_when_it_was_seen_last() -> None:
    first = event("A", "", "1970-01-01T00:00:07Z")
    assert happened(first) == 7
    assert happened({"eventTime": "1970-01-01T00:00:09.626212Z"}) == 9
    assert happened({**first, "series": {"lastObservedTime": "1970-01-01T00:00:08.000000Z"}}) == 8
    assert happened({}) == 0


def test_events_about_an_object_come_oldest_first() -> None:
    new, old = event("B", "", "1970-01-01T00:00:09Z"), event("A", "", "1970-01-01T00:00:07Z")
    assert [each["reason"] for each in about(pod({}), [new, old])] == ["A", "B"]


def test_another_object_of_the_same_name_is_another() -> None:
    assert about(pod({}), [event("A", "", uid="before"), event("A", "", kind="Service")]) == []
