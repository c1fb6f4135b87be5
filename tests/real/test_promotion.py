"""A release on its way through three environments, with gates, people and their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real.releasing import Releasing, releasing


@pytest.fixture(scope="module")
def orders(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releasing]:
    gates = {"approvals": {"count": 2, "from": ["release-managers"], "requester": False}}
    with releasing(testbed, tmp_path_factory.mktemp("promotion"), **gates) as made:
        yield made


def test_released_then_staging_then_approved_by_two_others_then_production(orders: Releasing) -> None:
    version = orders.release("one")
    assert orders.kinds("dev") == ["deployed", "verified"]
    said = orders.must("ada", "promote", "orders", "--to", "staging")
    assert said.out.splitlines() == [
        f"orders {version} runs in staging (namespace {orders.team}-staging)",
        f"orders {version} is verified in staging",
    ]
    assert orders.level(f"{orders.team}-staging") == "one"
    refused = orders.by("ada", "promote", "orders", "--to", "production")
    assert refused.code == 6
    assert "approvals: 0 of 2" in refused.err or "0 of 2 from release-managers" in refused.err
    orders.must("ada", "approve", "orders", "--to", "production")
    digest = orders.must("grace", "approve", "orders", "--to", "production", "--plan", "--json").json()[
        "plan"
    ]
    orders.must("grace", "approve", "orders", "--to", "production", "--expect", digest)
    refused = orders.by("ada", "promote", "orders", "--to", "production")
    assert "1 of 2 from release-managers (grace); ada's does not count: has asked for it" in refused.err
    orders.must("linus", "approve", "orders", "--to", "production")
    orders.must("ada", "promote", "orders", "--to", "production")
    assert orders.kinds("production") == [
        *("refused", "approved", "approved", "refused", "approved", "requested", "promoted", "verified")
    ]
    assert orders.level(f"{orders.team}-production") == "one"
    again = orders.must("ada", "promote", "orders", "--to", "production", "--json").json()
    assert again["acted"] is False


def test_what_cannot_run_there_is_rolled_back_and_recorded_with_its_reason(orders: Releasing) -> None:
    bad = orders.release("bad", "environments: {staging: {command: [no-such-program]}}\n")
    before = len(orders.kinds("staging"))
    said = orders.by("ada", "promote", "orders", "--to", "staging")
    assert said.code == 5
    assert "no-such-program" in said.reason
    assert "rolled back" in said.err
    assert orders.level(f"{orders.team}-staging") == "one"
    begun, failed = orders.events("staging")[before:]
    assert (begun.kind, failed.kind, failed.version) == ("requested", "failed", bad)
    assert "no-such-program" in failed.reason


def test_back_is_one_command_and_what_was_gone_back_from_is_held(orders: Releasing) -> None:
    first = orders.events("staging")[0].version
    second = orders.release("two")
    orders.must("ada", "promote", "orders", "--to", "staging")
    said = orders.must("ada", "rollback", "orders", "--env", "staging", "--reason", "slow")
    assert said.out.splitlines()[0] == f"orders {first} runs in staging (namespace {orders.team}-staging)"
    assert orders.level(f"{orders.team}-staging") == "one"
    assert orders.kinds("staging")[-4:] == ["requested", "rolled-back", "held", "verified"]
    said = orders.by("grace", "promote", f"orders@{second}", "--to", "staging")
    assert f"held against {second} and before by ada: rolled back to {first}: slow" in said.err
    orders.must("grace", "unhold", "orders", "--env", "staging")
    orders.must("grace", "promote", f"orders@{second}", "--to", "staging")
    assert orders.level(f"{orders.team}-staging") == "two"


def test_a_freeze_stops_everything_at_once_and_ungated_deployments_too(orders: Releasing) -> None:
    orders.must("sam", "freeze", "--now", "--reason", "incident")
    third = orders.events("staging")[0].version
    said = orders.by("ada", "promote", f"orders@{third}", "--to", "staging", "--downgrade")
    assert said.code == 6
    assert "everything was frozen by sam: incident" in said.err
    orders.application.tool(
        *("kubectl", "-n", f"{orders.team}-dev", "scale", "deployment/orders", "--replicas=0")
    )
    said = orders.application.verb("deploy", env={"PIPELINEKIT_LEDGER_KEY": ""})
    assert said.code == 6
    assert "everything was frozen by sam: incident" in said.err
    orders.must("sam", "thaw")
    orders.must("ada", "hold", "--env", "dev", "--reason", "upgrade")
    said = orders.application.verb("deploy", env={"PIPELINEKIT_LEDGER_KEY": ""})
    assert "dev is held against every version by ada: upgrade" in said.err
    orders.must("ada", "unhold", "--env", "dev")


def test_twenty_at_once_are_one_promotion_and_twenty_clear_answers(orders: Releasing) -> None:
    version = orders.release("twenty")
    before = len(orders.kinds("staging"))
    with ThreadPoolExecutor(20) as pool:
        people = ["ada", "grace", "linus", "sam"] * 5
        said = list(pool.map(lambda who: orders.by(who, "promote", "orders", "--to", "staging"), people))
    answers = [each.out.splitlines()[0] if each.code == 0 else each.reason for each in said]
    runs = f"orders {version} runs in staging (namespace {orders.team}-staging)"
    assert answers.count(runs) == 1, answers
    busy = f"error: {version} is on its way to staging ("
    already = f"orders {version} runs already in staging"
    assert [each for each in answers if each != runs and not each.startswith((busy, already))] == []
    told = orders.kinds("staging")[before:]
    assert (told.count("requested"), told.count("promoted")) == (1, 1)
    assert orders.level(f"{orders.team}-staging") == "twenty"


SAMPLE = (2.0, 6.0)
"""Seconds after which a promotion is killed: while it looks, and while Helm works."""


@pytest.mark.parametrize("seconds", SAMPLE)
def test_killed_and_run_again_it_ends_as_if_nothing_had_been(orders: Releasing, seconds: float) -> None:
    version = orders.release(f"killed-{seconds:g}".replace(".", "-"))
    before = len(orders.kinds("staging"))
    orders.kill("ada", seconds, "promote", "orders", "--to", "staging")
    orders.must("ada", "promote", "orders", "--to", "staging")
    assert orders.level(f"{orders.team}-staging").startswith("killed")
    told = [each for each in orders.kinds("staging")[before:] if each != "seen"]
    assert told == ["requested", "promoted", "verified"]
    assert orders.events("staging")[-1].version == version
