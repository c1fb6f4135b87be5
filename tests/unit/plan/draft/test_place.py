from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.errors import Refused
from pipelinekit.model.app import Process
from pipelinekit.model.draft import Place
from pipelinekit.plan.draft import place


def test_a_namespace_is_of_team_and_developer() -> None:
    assert place.namespace_of("payments", "alice") == "draft-payments-alice"


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_every_namespace_is_a_label_and_no_two_developers_share_one(one: str, other: str) -> None:
    first, second = place.namespace_of("payments", one), place.namespace_of("payments", other)
    assert names.is_label(first)
    assert (first == second) is (one == other)


def test_another_developers_place_is_theirs() -> None:
    mine = Place(namespace="n", owner="alice")
    place.require_owner(mine, "n", "alice")
    place.require_owner(None, "n", "alice")
    place.require_owner(Place(namespace="n"), "n", "alice")
    with pytest.raises(Refused):
        place.require_owner(mine, "n", "bob")


@given(st.from_regex(r"\A[a-z]{1,63}(\.[a-z]{1,20}){0,3}\Z"), st.sampled_from(["draft-a-b", "d" * 63]))
def test_a_host_stays_below_its_domain_and_carries_the_namespace(host: str, namespace: str) -> None:
    first, _, rest = place.host_in(host, namespace).partition(".")
    assert len(first) <= 63
    assert rest == host.partition(".")[2]
    assert first != place.host_in(host, "draft-a-c").partition(".")[0]


def test_only_what_is_exposed_gets_a_host() -> None:
    processes = {"web": Process(name="web", host="orders.example.com"), "worker": Process(name="worker")}
    assert place.hosts(processes, "ns") == {"processes": {"web": {"host": "orders-ns.example.com"}}}
    assert place.hosts({}, "ns") == {}


def test_what_is_due_is_ended_or_quiet_and_never_both() -> None:
    ended = Place(namespace="a", ends=100, used=0)
    quiet = Place(namespace="b", ends=1000, used=0)
    asleep = Place(namespace="c", ends=1000, used=0, asleep=True)
    busy = Place(namespace="d", ends=1000, used=190)
    endless = Place(namespace="e", used=0)
    assert place.due([ended, quiet, asleep, busy, endless], 200, 50) == ([ended], [quiet, endless])
