"""An event and its message: one text for each, and each text in one place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.ledger import KINDS, Digests, Event
from pipelinekit.plan.ledger.body import MOST, Body, message_of, read_message, same, untold
from tests.hostile.values import ALL
from tests.ledgers import NOW, event

TEXT = st.text(max_size=40) | st.sampled_from(sorted(ALL.values()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(KINDS),
    team=TEXT,
    name=TEXT,
    version=TEXT,
    environment=TEXT,
    digests=st.builds(Digests, image=TEXT, chart=TEXT, descriptor=TEXT),
    at=st.integers(0, 10**11),
    reason=TEXT,
    plan=TEXT,
    platform=TEXT,
    details=st.dictionaries(TEXT, JSON, max_size=3),
)


@given(EVENTS, TEXT, TEXT)
def test_what_is_written_is_read(made: Event, ledger: str, user: str) -> None:
    body = Body(ledger=ledger or "acme", event=made, jenkins_user=user)
    try:
        text = message_of(body)
        assert "\n\n" not in text.partition("\n\n")[2]
        assert read_message(text) == body
    except ValueError:
        # A line break in a name would end the subject: such an event is refused, never misread.
        assert "\n" in f"{made.team}{made.name}" or len(str(body)) > MOST // 12


@given(st.text())
def test_any_other_text_is_no_event(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_message(text)


MESSAGE = message_of(Body(ledger="acme", event=event(environment="dev", details={"revision": 3})))


@given(st.integers(0, len(MESSAGE) - 1), st.characters(codec="ascii"))
def test_another_byte_is_another_event_or_none(at: int, byte: str) -> None:
    changed = MESSAGE[:at] + byte + MESSAGE[at + 1 :]
    try:
        read = read_message(changed)
    except ValueError:
        return
    assert message_of(read) == changed


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"kind": "blessed"},
        {"at": "1"},
        {"at": True},
        {"at": 1.5},
        {"team": 1},
        {"more": 1},
        {"digests": {"sbom": "sha256:1"}},
        {"details": []},
        {"reason": ""},
        {"reason": "\ud800"},
        {"details": {"commit": "\udfff"}},
    ],
)
def test_what_is_no_event(change: dict[str, object]) -> None:
    subject, _, document = MESSAGE.partition("\n\n")
    fields = json.dumps({**json.loads(document), **change}, indent=1, sort_keys=True)
    with pytest.raises(ValueError, match=r"."):
        read_message(f"{subject}\n\n{fields}\n")


def test_an_event_has_a_size() -> None:
    with pytest.raises(ValueError, match="bytes"):
        message_of(Body(ledger="acme", event=event(reason="x" * MOST)))


def test_the_same_is_told_once_and_failures_each_time() -> None:
    one = event("deployed", environment="dev", details={"revision": 3})
    assert same(one, event("deployed", environment="dev", details={"revision": 3}, at=NOW, platform="c1"))
    assert not same(one, event("deployed", environment="dev", details={"revision": 4}))
    assert not same(one, event("deployed", environment="test", details={"revision": 3}))
    assert not same(event("failed"), event("failed"))


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ((-1, -1, -1), (0, 1, 2)),
        ((0, 1, 2), ()),
        ((0, 1, -1), (2,)),
        ((0, -1, 1), (1, 2)),
        ((0, 2, 1), (2,)),
        ((-1, 0, 1), (0, 1, 2)),
        ((4, 7, 7), (2,)),
    ],
)
def test_what_stands_before_what_it_follows_is_told_again(
    places: tuple[int, ...], told: tuple[int, ...]
) -> None:
    events = [event(version=str(each)) for each in range(3)]
    assert untold(events, places) == tuple(events[each] for each in told)
