"""What a Prometheus says of a window, and what is made of answers that are none."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from pipelinekit.adapters.prometheus import watched
from pipelinekit.model.platform.gates import Bound, Watch
from tests.real.prometheus import prometheus, serving


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has counted errors of orders in the namespace pay."""
    numbers = itertools.count()

    def text() -> str:
        labels = '{app="orders",namespace="pay"}'
        return f"orders_errors_total{labels} {next(numbers)}\norders_ratio{labels} 0.25\norders_odd NaN\n"

    with serving(text) as target, prometheus(tmp_path_factory.mktemp("prometheus"), target) as found:
        yield found


def ask(address: str, query: str, seconds: int = 1, **bound: float) -> tuple[bool | None, str]:
    watch = Watch(prometheus=address, bounds=(Bound(name="x", query=query, **bound),))
    names = {"name": "orders", "namespace": "pay", "team": "t"}
    (found,) = watched(watch, names, int(time.time()), seconds)
    return found.good, found.reason


def test_good_bad_and_no_data_of_a_real_prometheus(address: str) -> None:
    ratio = 'orders_ratio{app="$name",namespace="$namespace"}'
    assert ask(address, ratio, highest=0.5) == (True, "0.25 to 0.25 over 1 moment")
    assert ask(address, ratio, highest=0.1) == (False, "0.25 is above 0.1")
    assert ask(address, "rate(orders_errors_total[10s])", highest=0)[0] is False
    assert ask(address, "nothing_there", highest=1) == (None, "no data")
    assert ask(address, "orders_odd", highest=1) == (None, "no data: a value is no number")
    assert ask(address, ratio, 7200, highest=1)[0] is None, "it has not been there for two hours"
    good, reason = ask(address, "sum(", highest=1)
    assert good is None
    assert "parse error" in reason


@pytest.mark.parametrize(
    "body",
    [
        *("", "<html>", "[]", "{}"),
        '{"status": "success", "data": {"resultType": "matrix", "result": [1]}}',
        '{"status": "success", "data": {"resultType": "vector", "result": []}}',
        "[" * 100_000,
    ],
    ids=["nothing", "page", "list", "empty", "odd", "vector", "deep"],
)
def test_an_answer_that_is_none_is_no_data(body: str) -> None:
    with serving(lambda: body) as host:
        assert ask(f"http://{host}", "up", highest=1)[0] is None


def test_nobody_who_answers_is_no_data() -> None:
    assert ask("http://127.0.0.1:9", "up", highest=1)[0] is None
