"""Verdicts: what speaks for a manifest, one reason after the other."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ledger import Digests, Event
from pipelinekit.model.platform.registries import Retention
from pipelinekit.model.stored import Running, Stored
from pipelinekit.plan.retention import expired, judge, plan_id

DAY = 86_400
NOW = 1_000 * DAY
RULES = Retention(last=2, audit=400 * DAY, development=30 * DAY)


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def stored(letter: str, *tags: str, age: int = 100, **fields: Any) -> Stored:
    return Stored(
        registry="r:5000",
        repository=fields.pop("repository", "team/orders"),
        digest=digest(letter),
        tags=tags,
        made=NOW - age * DAY if age else 0,
        **fields,
    )


def event(kind: Any, version: str, letter: str, environment: str = "", age: int = 0) -> Event:
    return Event(
        kind=kind,
        team="team",
        name="orders",
        version=version,
        digests=Digests(image=digest(letter)),
        environment=environment,
        at=NOW - age * DAY,
    )


OLD = [stored(letter, f"1.0.{number}") for number, letter in enumerate("abcdef")]


def goes(
    things: list[Stored], running: list[Running] | None = None, events: list[Event] | None = None
) -> list[str]:
    verdicts = judge(things, running or [], events or [], ["production"], RULES, NOW)
    return [each.stored.digest[7] for each in verdicts if not each.stays]


def test_the_last_of_the_main_branch_stay() -> None:
    assert goes(OLD) == ["a", "b", "c", "d"]


def test_each_branch_counts_by_itself() -> None:
    branches = [stored("1", "1.0.9-pr.7.gaaa"), stored("2", "1.0.9-pr.8.gaaa"), stored("3", "1.1.0-fix.gaaa")]
    assert goes([*OLD, *branches]) == ["a", "b", "c", "d"]


def test_pre_releases_are_ordered_by_age() -> None:
    same = [stored(letter, f"1.0.9-pr.7.g{letter}", age=40 + int(letter)) for letter in "1234"]
    assert goes(same) == ["3", "4"]


@pytest.mark.parametrize(
    "running",
    [
        Running(digests={digest("a"): "prod (Pod x/y)"}),
        Running(tagged={"team/orders:1.0.0": "prod (CronJob x/y)"}),
    ],
)
def test_what_runs_stays_by_digest_and_by_tag(running: Running) -> None:
    assert goes(OLD, [Running(), running]) == ["b", "c", "d"]


def test_a_release_that_reached_a_gated_environment_stays() -> None:
    assert goes(OLD, events=[event("promoted", "1.0.0", "a", "production", age=399)]) == ["b", "c", "d"]
    assert goes(OLD, events=[event("deployed", "1.0.0", "a", "dev", age=1)]) == ["a", "b", "c", "d"]


def test_after_the_audit_period_it_stays_until_the_ledger_says_it_expired() -> None:
    reached = event("promoted", "1.0.0", "a", "production", age=500)
    assert goes(OLD, events=[reached]) == ["b", "c", "d"]
    assert goes(OLD, events=[reached, event("expired", "1.0.0", "a", age=1)]) == ["a", "b", "c", "d"]
    recent = event("promoted", "1.0.0", "a", "production", age=399)
    assert goes(OLD, events=[recent, event("expired", "1.0.0", "a", age=1)]) == ["b", "c", "d"]


def test_what_is_young_or_of_unknown_age_stays() -> None:
    assert goes([*OLD, stored("1", "0.0.1", age=29), stored("2", "0.0.2", age=0)]) == ["a", "b", "c", "d"]


def test_a_tag_that_is_not_ours_keeps_what_it_names() -> None:
    assert goes([*OLD[1:], stored("a", "1.0.0", "latest")]) == ["b", "c", "d"]
    assert goes([*OLD[1:], stored("a", "1.0.0", "in-" + "0" * 32)]) == ["b", "c", "d", "a"]


def test_the_image_of_a_chart_that_stays_stays() -> None:
    chart = stored("c", "1.0.0", repository="charts/team/orders", needs=(digest("a"),))
    assert "a" not in goes([*OLD[:2], *OLD[4:], chart])


def test_an_index_stays_with_its_images_and_they_with_it() -> None:
    index = stored("9", "0.9.0", parts=(digest("7"), digest("8")))
    assert goes([*OLD, index]) == ["a", "b", "c", "d", "9"]
    assert goes([*OLD, index], [Running(digests={digest("7"): "prod"})]) == ["a", "b", "c", "d"]


def test_what_goes_leaves_an_event_once() -> None:
    verdicts = judge(OLD, [], [], [], RULES, NOW)
    history = [event("released", "1.0.0", "a", age=100), event("deployed", "1.0.0", "a", "dev", age=99)]
    made = expired(verdicts, history, NOW)
    assert [(each.kind, each.version, each.digests) for each in made] == [
        ("expired", "1.0.0", Digests(image=digest("a")))
    ]
    assert expired(verdicts, [*history, *made], NOW) == ()


def test_a_plan_is_named_by_what_goes() -> None:
    some, other = judge(OLD, [], [], [], RULES, NOW), judge(OLD[1:], [], [], [], RULES, NOW)
    assert plan_id(some) == plan_id(reversed(some))
    assert plan_id(some) != plan_id(other)


def test_what_remembers_the_ledger_stays() -> None:
    anchor = stored("9", "ledger-0.9.0")
    assert goes([*OLD, anchor]) == ["a", "b", "c", "d"]
    (verdict,) = judge([anchor], [], [], [], RULES, NOW)
    assert verdict.reason == "remembers the ledger"
