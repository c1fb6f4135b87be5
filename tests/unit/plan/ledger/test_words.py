from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ledger import KINDS, Event
from pipelinekit.plan.ledger.words import sentence
from tests.hostile.values import ALL
from tests.ledgers import event

BEGUN = {"stage": "begun"}
SET = {"set": "checkout", "members": [{"application": "a/web", "version": "1.0.0", "end": "promoted"}]}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind: Any) -> None:
    for told in (
        event(kind),
        event(kind, environment="dev"),
        Event(kind=kind),
        Event(kind=kind, details=SET),
    ):
        assert sentence(told)
        assert "{" not in sentence(told)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (event("released"), "payments/orders 1.2.3 was released"),
        (event("verified", environment="dev"), "the tests of payments/orders 1.2.3 passed in dev"),
        (event("failed", environment="dev"), "payments/orders 1.2.3 failed in dev"),
        (
            event("failed", environment="dev", details={"stage": "verify"}),
            "the tests of payments/orders 1.2.3 failed in dev",
        ),
        (event("failed"), "payments/orders 1.2.3 failed"),
        (event("refused", environment="dev"), "payments/orders 1.2.3 was not let into dev"),
        (
            event("requested", environment="dev", details=BEGUN),
            "the promotion of payments/orders 1.2.3 to dev began",
        ),
        (
            event("requested", environment="dev", details={**BEGUN, "takes": "c"}),
            "the promotion of payments/orders 1.2.3 to dev, left half done, went on",
        ),
        (
            event("requested", environment="dev", details={**BEGUN, "back": True}),
            "the way back to payments/orders 1.2.3 in dev began",
        ),
        (event("rolled-back", environment="dev"), "dev went back to payments/orders 1.2.3"),
        (event("held", environment="dev"), "dev was held against payments/orders 1.2.3 and before"),
        (Event(kind="held", environment="dev"), "dev was held against everything"),
        (Event(kind="frozen"), "every environment was frozen"),
        (
            event("reviewed", environment="dev", details={"emergencies": [{"by": "sam", "at": 0}, 7, {}]}),
            (
                "the emergency of payments/orders 1.2.3 in dev was reviewed "
                "(by sam at 1970-01-01T00:00:00Z, by nobody known)"
            ),
        ),
        (
            event("reviewed", environment="dev", details={"emergencies": "all"}),
            "the emergency of payments/orders 1.2.3 in dev was reviewed",
        ),
        (
            event("attested", details={"type": "scan", "verdict": "passed"}),
            "a report about payments/orders 1.2.3 was added: scan passed",
        ),
        (
            Event(kind="set-promoted", environment="dev", details=SET),
            "the set checkout was promoted to dev (a/web 1.0.0 promoted)",
        ),
        (
            Event(kind="failed", environment="dev", details=SET),
            "the set checkout stopped in dev (a/web 1.0.0 promoted)",
        ),
    ],
)
def test_what_is_said(told: Event, words: str) -> None:
    assert sentence(told) == words


def test_an_applications_event_speaks_for_no_set() -> None:
    """A pipeline writes what it likes into details."""
    told = event("released", details={**SET, "stage": "begun"})
    assert sentence(told) == "payments/orders 1.2.3 was released"


@pytest.mark.parametrize("value", ALL.values())
def test_nothing_in_an_event_is_a_pattern(value: str) -> None:
    told = event("attested", environment=value, version=value, details={"type": value, "verdict": [value]})
    assert sentence(told).startswith(f"a report about payments/orders {value}")


def test_a_no_that_a_person_gave_is_told_as_one_and_not_as_a_gate_s() -> None:
    no = event("refused", environment="production", details={"answer": "no"})
    assert sentence(no) == "payments/orders 1.2.3 was declined for production"
    whole = {"set": "checkout", "answer": "no"}
    of_set = Event(kind="refused", environment="production", details=whole)
    assert sentence(of_set) == "the set checkout was declined for production"
    made_up = event("refused", environment="production", details=whole)
    assert sentence(made_up) == "payments/orders 1.2.3 was declined for production"
