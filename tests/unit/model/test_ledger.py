"""A ledger's events: who, what, when, with which bytes, and what a key may say."""

from __future__ import annotations

import dataclasses

import pytest

from pipelinekit.model.ledger import (
    KINDS,
    OF_PIPELINES,
    PLATFORM,
    Anchor,
    Digests,
    Entry,
    Event,
    History,
    Kind,
    Writer,
    application_of,
    branch_of,
    component_of,
    is_branch,
    is_word,
    may_not_write,
    read_anchor,
    title_of,
    with_seen,
    word_of,
)

PIPELINE = Writer(role="pipeline", team="payments")
GATED = frozenset({"production"})


def event(kind: Kind, team: str = "payments", environment: str = "", **more: object) -> Event:
    return Event(kind=kind, team=team, name="orders", version="1.0.0", environment=environment, **more)  # type: ignore[arg-type]


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        event("expired").version = "2.0.0"  # type: ignore[misc]


def test_an_event_stands_on_its_application_s_branch_or_on_the_platform_s() -> None:
    assert event("released").branch == "apps/payments/orders"
    assert Event(kind="frozen").branch == "platform"


def test_other_branches_of_the_repository_are_none_of_it() -> None:
    for name in ("platform", "apps/payments/orders"):
        assert is_branch(name)
    for name in ("main", "apps/payments", "apps/payments/orders/x", "platform/x", "apps//x"):
        assert not is_branch(name)


def test_a_registry_has_no_descriptor() -> None:
    assert Digests(image="i", chart="c", descriptor="d").stored == ("i", "c")
    assert Digests(descriptor="d").stored == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipeline_s_key_writes_what_a_pipeline_does(kind: Kind) -> None:
    assert (not may_not_write(PIPELINE, event(kind), GATED)) == (kind in OF_PIPELINES)
    assert may_not_write(PIPELINE, event(kind, team="stock"), GATED)
    for role in ("person", "release", "embedded"):
        assert not may_not_write(Writer(role=role), event(kind), GATED)


@pytest.mark.parametrize("kind", ["deployed", "verified", "failed"])
def test_a_pipeline_s_key_says_nothing_of_what_has_a_gate(kind: Kind) -> None:
    assert may_not_write(PIPELINE, event(kind, environment="production"), GATED)
    assert not may_not_write(PIPELINE, event(kind, environment="dev"), GATED)
    assert not may_not_write(PIPELINE, event("refused", environment="production"), GATED)


def test_what_counts_is_what_has_no_trouble() -> None:
    good, bad = (
        Entry(event=event("released"), commit="1"),
        Entry(event=event("barred"), commit="2", trouble="x"),
    )
    history = History(entries=(good, bad), head="2")
    assert (list(history), history.events, history.troubled) == ([good], (good.event,), (bad,))


def test_the_first_who_counts_has_seen_it() -> None:
    first, again = (event("seen", at=at, details={"commits": ["1"]}) for at in (20, 30))
    entries = (
        Entry(event=event("deployed", at=5), commit="1"),
        Entry(event=event("seen", at=7, details={"commits": ["1"]}), commit="2", trouble="a pipeline's"),
        Entry(event=first, commit="3"),
        Entry(event=again, commit="4"),
    )
    assert with_seen(entries, 40) == {"1": 20}


@pytest.mark.parametrize(
    ("writer", "words"),
    [
        (Writer(role="person", person="ada"), "ada"),
        (Writer(role="release", person="ada", jenkins_user="ada-l"), "ada in Jenkins"),
        (Writer(role="release", jenkins_user="ada-l"), "ada-l in Jenkins"),
        (Writer(role="release"), "nobody in Jenkins"),
        (PIPELINE, "the pipelines of payments"),
        (Writer(role="embedded"), "unsigned"),
    ],
)
def test_a_writer_in_words(writer: Writer, words: str) -> None:
    assert str(writer) == words


def test_an_anchor_is_what_it_says() -> None:
    anchor = Anchor(ledger="acme", branch="apps/payments/orders", commit="c0ffee" * 6 + "c0ff")
    assert read_anchor(str(anchor), "here") == dataclasses.replace(anchor, where="here")
    for text in ("", "acme:apps", f"acme:a b@{anchor.commit}", "acme:platform@c0ffee", f"{anchor} "):
        assert read_anchor(text, "here") is None


def test_a_version_is_a_word_of_which_a_tag_and_a_file_can_be_named() -> None:
    for text in ("1.2.3", "0.1.0-pr.7.gabc", "1.0.0+build", "v1"):
        assert is_word(text)
    for text in ("", "../x", "1.0.0/../2", "-1", "1.0.0\n", "1.0.0\u2028", "\u0661.0.0", "1" * 129):
        assert not is_word(text)


def test_a_component_has_a_branch_that_no_application_can_have() -> None:
    """An application's event names a team, and a team is never empty."""
    assert branch_of("", "orders") == "components/orders" == event("held", team="").branch
    assert branch_of("components", "store") == "apps/components/store"
    assert [is_branch(each) for each in ("components/store", "components/a/b", "apps/a", "components")] == [
        *(True, False, False, False)
    ]
    assert [component_of(each) for each in ("components/store", "apps/components/store", PLATFORM)] == [
        *("store", "", "")
    ]
    assert [application_of(each) for each in ("apps/a/b", "components/store", "apps/a", "apps/a/b/c")] == [
        *(("a", "b"), None, None, None)
    ]
    assert (title_of("", "store"), word_of("", "store")) == ("component store", "component:store")


@pytest.mark.parametrize("kind", sorted(OF_PIPELINES))
def test_no_pipeline_says_anything_of_a_component(kind: Kind) -> None:
    for team in ("payments", "components", "platform"):
        told = may_not_write(Writer(role="pipeline", team=team), event(kind, team=""))
        assert told == f"the pipelines of {team} write nothing of components"
