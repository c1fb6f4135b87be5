"""Two deployments at the same moment: who comes second waits, and finds that everything runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from threading import Thread
from uuid import uuid4

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import Application, Said
from tests.real.test_owner import with_helm

DISTANCES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 1.6, 2.0)
"""Seconds between the two, from one moment to a little more than a deployment takes."""


@pytest.fixture(scope="module")
def orders(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("rivals"), "dockerfile") as application:
        application.until("publish")
        yield application


def both(application: Application, distance: float, *words: str) -> list[Said]:
    """Two deployments, the second one so much later."""
    said: list[Said] = []
    late = Thread(target=lambda: said.append(application.verb("deploy", "--json", *words)))
    early = Thread(target=lambda: said.append(application.verb("deploy", "--json", *words)))
    early.start()
    early.join(distance) if distance else None
    late.start()
    early.join()
    late.join()
    return said


def check(said: list[Said], acted: set[int]) -> None:
    assert [each.code for each in said] == [0, 0], [each.err for each in said]
    assert sum(each.json()[0]["acted"] for each in said) in acted
    revisions = {each.json()[0]["receipt"]["revision"] for each in said}
    assert len(revisions) <= max(acted)


@pytest.mark.parametrize(
    ("which", "distance"),
    matrix.sampled("deploy", [(which, each) for which in ("helm 4", "helm 3") for each in DISTANCES], keep=4),
)
def test_of_two_first_installations_one_is_made(orders: Application, which: str, distance: float) -> None:
    namespace = f"{orders.team}-{uuid4().hex[:6]}"
    application = with_helm(orders, which)
    try:
        check(both(application, distance, "--namespace", namespace), {1})
        history = orders.tool("helm", "-n", namespace, "history", "orders", "-o", "json")
        assert [each["status"] for each in json.loads(history)] == ["deployed"]
    finally:
        orders.tool("kubectl", "delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


@pytest.mark.parametrize("distance", matrix.sampled("deploy", DISTANCES, keep=2))
def test_of_two_upgrades_both_end_well(orders: Application, distance: float) -> None:
    orders.must("deploy")
    orders.tool("kubectl", "-n", orders.namespace, "scale", "deployment/orders", "--replicas=3")
    check(both(orders, distance), {1, 2})
    assert orders.must("deploy", "--json").json()[0]["acted"] is False
