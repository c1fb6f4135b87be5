"""Cassandra on three servers: they join one ring, one at a time, and one of them is missed by nobody."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Event

import pytest

from tests.real.components.site import Site, made_site
from tests.real.components.test_cassandra import LOGIN, NAME, PASSWORD, values
from tests.real.kube import eventually
from tests.testbed import cassandra
from tests.testbed.layout import Layout

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

PODS = tuple(f"{NAME}-{each}" for each in range(3))
SMALL = {
    "replicas": 3,
    "resources": {"cpu": "100m", "memory": "768Mi", "disk": "128Mi"},
    "keeper": {"resources": {"cpu": "10m", "memory": "256Mi", "disk": "64Mi"}},
    "keyspaces": [{"name": "orders", "secret": "orders-cassandra"}],
}

SELECT = "SELECT word FROM orders.survivors WHERE n = {}"
INSERT = "INSERT INTO orders.survivors (n, word) VALUES ({}, '{}')"
COPIES = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = '{}'"


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    cassandra.image(Layout.from_environment())
    with made_site(tmp_path_factory.mktemp("ring"), testbed) as made:
        made.take(NAME)
        made.space(NAME)
        made.secret(NAME, NAME, password=PASSWORD)
        made.secret(NAME, "orders-cassandra", password=PASSWORD)
        for _ in (*PODS, "backup"):
            made.volume()
        made.on(cassandra=values(made, **SMALL))
        made.deploy(1200)
        yield made


def asked(site: Site, pod: str, level: str, statement: str) -> str:
    """What one server answers, which is asked for so many copies; the reason where it refuses."""
    whole = f"CONSISTENCY {level}; {statement}"
    words = ("exec", pod, "-c", NAME, "--", "sh", "-c", LOGIN, "sh", "orders", PASSWORD, whole, pod)
    return site.tried(NAME, *words)


def word(site: Site, pod: str, level: str, number: int) -> str:
    """What the row of a number says, or why that is not known."""
    lines = asked(site, pod, level, SELECT.format(number)).splitlines()
    return lines[lines.index("(1 rows)") - 2].strip() if "(1 rows)" in lines else "\n".join(lines)


def ring(site: Site, pod: str) -> list[str]:
    """The state of each server, as one of them sees it: up or down, normal or on its way."""
    said = site.tried(NAME, "exec", pod, "-c", NAME, "--", "nodetool", "status")
    return sorted(line[:2] for line in said.splitlines() if line[:2] in ("UN", "DN", "UJ", "UL", "DJ"))


def whole(site: Site) -> bool:
    """Whether all of them see all of them."""
    return all(ring(site, each) == ["UN"] * 3 for each in PODS)


def test_three_servers_join_one_ring_one_after_the_other(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    assert eventually(lambda: whole(site), 120), [ring(site, each) for each in PODS]
    pods = [json.loads(site.kubectl(NAME, "get", "pod", each, "--output", "json")) for each in PODS]
    for before, after in pairwise(pods):
        (ready,) = [each for each in before["status"]["conditions"] if each["type"] == "Ready"]
        assert ready["lastTransitionTime"] <= after["metadata"]["creationTimestamp"]
    for keyspace in ("orders", "system_auth"):
        assert "NetworkTopologyStrategy', 'dc1': '3'" in asked(site, PODS[0], "ONE", COPIES.format(keyspace))
    asked(site, PODS[0], "ALL", "CREATE TABLE orders.survivors (n int PRIMARY KEY, word text)")
    asked(site, PODS[1], "QUORUM", INSERT.format(7, "seven"))
    assert [word(site, each, "ALL", 7) for each in PODS] == ["seven"] * 3
    site.platform.must("verify")


@pytest.mark.parametrize("victim", [2, 0], ids=["the last", "the first, which founded it"])
def test_while_one_is_killed_most_copies_are_read_and_written(site: Site, victim: int) -> None:
    """The first is a seed of the others: its start is another one, and must not found a second cluster."""
    gone, other = PODS[victim], PODS[1]
    number = 10 + victim
    site.kubectl(NAME, "delete", "pod", gone, "--grace-period=0", "--force")
    assert eventually(lambda: "DN" in ring(site, other), 60), ring(site, other)
    assert word(site, other, "QUORUM", 7) == "seven"
    said = asked(site, other, "QUORUM", INSERT.format(number, "meanwhile"))
    assert "rror" not in said, said
    assert eventually(lambda: whole(site), 420), [ring(site, each) for each in PODS]
    assert word(site, gone, "ALL", number) == "meanwhile"


def test_a_change_drains_one_after_the_other_and_most_copies_are_there_all_the_while(site: Site) -> None:
    over, answers = Event(), list[str]()

    def reading() -> None:
        # The last is changed first: whoever is asked is there, and not always the one whose turn it is.
        while not over.is_set():
            for pod in PODS[:2]:
                answers.append(word(site, pod, "QUORUM", 7))
            time.sleep(1)

    with ThreadPoolExecutor(4) as aside:
        logs = [
            aside.submit(
                site.platform.kubectl, "logs", "--follow", each, "-c", NAME, component=NAME, patience=1800
            )
            for each in PODS
        ]
        loop = aside.submit(reading)
        try:
            site.on(cassandra=values(site, **SMALL, settings={"concurrent_reads": 16}))
            said = site.deploy(1200)
        finally:
            over.set()
        loop.result()
        ended = [each.result() for each in logs]
    assert "backup cassandra-backup-" in said.err
    assert ["DRAINED" in each for each in ended] == [True] * 3, [each[-1000:] for each in ended]
    # Who is asked may be the one that drains, and ends the connection; too few copies there never are.
    assert [each for each in answers if re.search("(?i)cannot achieve|unavailable", each)] == []
    assert answers.count("seven") > 5, answers
    assert eventually(lambda: whole(site), 120), [ring(site, each) for each in PODS]
