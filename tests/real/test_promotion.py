"""A release on its way through three environments, with gates, people and their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
