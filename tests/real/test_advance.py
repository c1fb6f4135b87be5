"""What goes on by the clock: seen and promoted on a real cluster, told by a real ledger."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.real.releasing import releasing


def test_an_arrival_is_seen_once_and_promoted_when_its_soak_is_over(
    testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with releasing(testbed, tmp_path_factory.mktemp("advance"), soak="1s", advance=True) as orders:
        version = orders.release("one")
        orders.must("ada", "promote", "orders", "--to", "staging")
        plan = orders.must("grace", "advance", "--plan")
        assert plan.out.splitlines()[-1] == (
            "1 application: 0 would be promoted, 1 wait, arrivals of 1 would be seen for the first time"
        )
        assert [each.kind for each in orders.events()].count("seen") == 0
        moved = orders.must("grace", "advance", "--json").json()
        assert moved["steps"][0]["what"] == "seen"
        for _ in range(10):
            # Its second may not have been over yet in the run that saw it, nor in the next.
            if moved["steps"][-1]["what"] != "waits":
                break
            moved = orders.must("grace", "advance", "--json").json()
        assert moved["steps"][-1]["what"] == "promoted", moved
        assert orders.level(f"{orders.team}-production") == "one"
        assert orders.kinds("production") == ["requested", "promoted", "verified"]
        assert orders.must("grace", "advance").out == "1 application: nothing to do\n"
        assert orders.must("grace", "advance", "orders").out == "1 application: nothing to do\n"
        assert orders.events("production")[-1].version == version
