"""A ledger that goes or moves on in the middle of a promotion, and machines whose clocks are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.plan.deploying.deployment import ANCHOR
from tests.real import app
from tests.real.app import Said
from tests.real.releasing import Releasing, releasing

pytestmark = pytest.mark.story

SLOW = 'CMD ["sh", "-c", "sleep 8; exec httpd \\"$@\\"", "httpd"'
"""Long enough for something to be done while Helm waits."""
CLOCK = """import os
import time

right = time.time
time.time = lambda: right() + float(os.environ.get("CLOCK_AHEAD", "0"))
"""
HOUR = 3600


@pytest.fixture(scope="module")
def orders(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releasing]:
    gates = {"approvals": {"count": 1, "from": ["release-managers"]}}
    with releasing(testbed, tmp_path_factory.mktemp("ledger"), **gates) as made:
        made.release("one")
        made.application.replace("Dockerfile", 'CMD ["httpd"', SLOW)
        made.release("two")
        yield made


def _meanwhile(orders: Releasing, version: str, level: str, act: Callable[[], object]) -> Said:
    """Promote it to staging, and do that once the cluster has it and Helm waits."""
    with ThreadPoolExecutor(1) as pool:
        verb = pool.submit(orders.by, "ada", "promote", f"orders@{version}", "--to", "staging", "--downgrade")
        assert app.eventually(lambda: verb.done() or orders.level(f"{orders.team}-staging") == level, 120)
        assert not verb.done(), verb.result().err
        act()
        return verb.result()


def _head(orders: Releasing) -> str:
    """The ledger's head that what runs in staging remembers."""
    words = ("get", "deployment", "orders", "--output", f"jsonpath={{.metadata.annotations['{ANCHOR}']}}")
    escaped = words[-1].replace(ANCHOR, ANCHOR.replace(".", "\\."))
    said = orders.application.tool("kubectl", "-n", f"{orders.team}-staging", *words[:-1], escaped)
    return said.rpartition("@")[2]


def _arrival(orders: Releasing) -> str:
    entries = orders.history().entries
    return [
        each.commit
        for each in entries
        if (each.event.kind, each.event.environment) == ("promoted", "staging")
    ][-1]


def _revisions(orders: Releasing) -> int:
    words = ("helm", "-n", f"{orders.team}-staging", "history", "orders", "--output", "json")
    return orders.application.tool(*words).count('"revision"')


def test_a_ledger_that_is_gone_before_changes_nothing_and_one_that_goes_meanwhile_is_told_later(
    orders: Releasing,
) -> None:
    one, two = orders.versions()
    orders.must("ada", "promote", f"orders@{one}", "--to", "staging")
    before, path = len(orders.kinds("staging")), orders.ledger.path
    away = path.with_name("away")
    path.rename(away)
    said = orders.by("ada", "promote", f"orders@{two}", "--to", "staging")
    assert (said.code, orders.level(f"{orders.team}-staging")) == (6, "one")
    assert "cannot be read" in said.reason
    away.rename(path)
    said = _meanwhile(orders, two, "two", lambda: path.rename(away))
    away.rename(path)
    assert said.code == 6, said.err
    assert (
        f"orders {two} runs in staging, and the ledger does not have it: the same again does that" in said.err
    )
    assert "Traceback" not in said.err
    assert orders.kinds("staging")[before:] == ["requested"]
    revisions = _revisions(orders)
    orders.must("grace", "promote", f"orders@{two}", "--to", "staging")
    assert orders.kinds("staging")[before:] == ["requested", "requested", "promoted", "verified"]
    assert (_revisions(orders), _head(orders)) == (revisions, _arrival(orders))
    orders.must("ada", "ledger", "verify")


def test_a_ledger_that_moves_on_meanwhile_gets_the_end_behind_what_others_have_written(
    orders: Releasing,
) -> None:
    one, two = orders.versions()
    orders.must("ada", "promote", f"orders@{one}", "--to", "staging", "--downgrade")
    before = len(orders.events())

    def others() -> None:
        orders.must("grace", "bar", f"orders@{one}", "--reason", "it leaks")
        orders.must("linus", "freeze", "--now", "--env", "staging", "--reason", "the audit")

    said = _meanwhile(orders, two, "two", others)
    orders.must("linus", "thaw", "--env", "staging", "--reason", "it is over")
    orders.must("grace", "unbar", f"orders@{one}", "--reason", "it does not")
    assert said.code == 0, said.err
    assert [each.kind for each in orders.events()[before:]] == [
        *("requested", "barred", "promoted", "verified", "unbarred")
    ]
    assert _head(orders) == _arrival(orders)
    orders.must("ada", "ledger", "verify")


def test_a_machine_whose_clock_is_wrong_is_told_by_those_that_are_right(
    orders: Releasing, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(CLOCK)

    def at(seconds: int) -> dict[str, Any]:
        return {"PYTHONPATH": str(tmp_path), "CLOCK_AHEAD": str(seconds)}

    one, two = orders.versions()
    there = orders.level(f"{orders.team}-staging")
    other = one if there == "two" else two
    words = ("promote", f"orders@{other}", "--to", "staging", "--downgrade")
    said = orders.by("ada", *words, env=at(-2 * HOUR))
    assert (said.code, "clock" in said.err) == (6, True), said.err
    assert orders.level(f"{orders.team}-staging") == there
    assert orders.by("ada", *words, env=at(2 * HOUR)).code == 0
    said = orders.by("grace", "promote", "orders", "--to", "production", "--plan")
    assert "closed clock: " in said.out, said.out
    said = orders.by("grace", "promote", "orders", "--to", "production")
    assert (said.code, "clock" in said.err) == (6, True), said.err
    orders.must("linus", "approve", "orders", "--to", "production")
    orders.must("grace", "promote", "orders", "--to", "production")
    orders.must("ada", "ledger", "verify")
