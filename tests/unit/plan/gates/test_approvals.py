from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.ledger import NO, Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Found
from pipelinekit.plan.gates import approvals
from tests import promotions
from tests.promotions import PIPELINE, World, event, person


def asked(**fields: Any) -> Approvals:
    return Approvals(**{"count": 2, "groups": ("release-managers",), **fields})


def fresh(**fields: Any) -> World:
    """A world in which nobody has approved 1.2.4, which waits before production."""
    world = World()
    world.version = "1.2.4"
    world.environment = replace(world.environment, after="", soak=0, approvals=asked(**fields))
    world.say(PIPELINE, promotions.released("1.2.4"))
    return world


def told(world: World) -> str:
    (found,) = [each for each in world.closed() if each.startswith("approvals")] or [""]
    return found


def test_two_of_the_group_are_enough() -> None:
    world = fresh()
    assert told(world) == "approvals: 0 of 2 from release-managers (nobody)"
    world.approve(person("ann"))
    assert told(world) == "approvals: 1 of 2 from release-managers (ann)"
    world.approve(Writer(role="release", person="bob", groups=("release-managers",), jenkins_user="b"))
    assert told(world) == ""


@pytest.mark.parametrize(
    ("writer", "why"),
    [
        (person("eve", "others"), "is in none of release-managers"),
        (Writer(role="embedded"), "no person is proven"),
        (Writer(role="release", jenkins_user="root", groups=("release-managers",)), "no person is proven"),
    ],
)
def test_who_does_not_count(writer: Writer, why: str) -> None:
    world = fresh()
    world.approve(person("ann"))
    world.approve(writer)
    assert why in told(world)
    assert "1 of 2" in told(world)


def test_how_many_a_question_could_bring() -> None:
    world = fresh()
    assert approvals.missing(world.case()) == 2
    world.approve(person("ann"))
    world.approve(person("eve", "others"))
    assert approvals.missing(world.case()) == 1
    world.approve(person("bob"))
    assert approvals.missing(world.case()) == 0
    assert approvals.missing(fresh(signed=True).case()) == 0, "an answer in Jenkins would not count"


def test_who_says_no_has_not_asked_for_it() -> None:
    world = fresh(count=1, requester=False)
    refused = event("refused", "1.2.4", "production", details={"answer": NO})
    world.say(person("ann"), refused)
    world.approve(person("ann"))
    assert told(world) == ""
    world.say(person("ann"), event("refused", "1.2.4", "production"))
    assert "has asked for it" in told(world)


def test_whoever_has_said_no_since_has_not_approved_until_they_do_again() -> None:
    world = fresh(count=1)
    world.approve(person("ann"))
    digest = world.history().entries[-1].event.plan
    no = event("refused", "1.2.4", "production", plan=digest, details={"answer": NO})
    world.say(person("bob"), no)
    world.say(person("ann"), replace(no, plan="sha256:other"), replace(no, details={}))
    world.say(Writer(role="release", jenkins_user="nobody"), no)
    assert told(world) == ""
    world.say(person("ann"), no)
    assert told(world).endswith("(nobody); ann's does not count: has said no since")
    world.approve(person("ann"))
    assert told(world) == ""


def test_of_one_person_there_is_one_word() -> None:
    """Who has approved this plan is not told beside it for what they said of an earlier one."""
    world = fresh()
    world.approve(person("ann"), image="old")
    world.approve(person("bob"), image="older")
    world.approve(person("bob"), image="old")
    world.approve(person("ann"))
    said = told(world)
    assert said.startswith("approvals: 1 of 2 from release-managers (ann); bob's does not count")
    assert (said.count("ann"), said.count("bob"), "older" in said) == (1, 1, False)


@pytest.mark.parametrize(
    ("writer", "changed", "why"),
    [
        (person("ann"), {}, ""),
        (person("eve", "others"), {}, "is in none of release-managers"),
        (person("ann"), {"image": "old"}, "it is of another plan (image: old → i)"),
        (PIPELINE, {}, "no person is proven"),
    ],
)
def test_whoever_approves_is_told_whether_it_counts(
    writer: Writer, changed: dict[str, str], why: str
) -> None:
    world = fresh()
    world.approve(writer, **changed)
    assert approvals.void(world.case(), world.history().entries[-1]) == why


def test_where_no_approval_is_asked_for_none_counts() -> None:
    world = fresh()
    world.approve(person("ann"))
    world.environment = replace(world.environment, approvals=None)
    given = world.history().entries[-1]
    assert approvals.void(world.case(), given) == "production asks for no approvals"


def test_a_pipeline_approves_nothing() -> None:
    world = fresh(count=1)
    world.approve(PIPELINE)
    assert told(world) == "approvals: 0 of 1 from release-managers (nobody)"


def test_when_the_plan_changes_approvals_are_void_and_the_changed_line_is_shown() -> None:
    world = fresh(count=1)
    world.approve(person("ann"), values="old values", gone="x")
    assert told(world) == (
        "approvals: 0 of 1 from release-managers (nobody); "
        "ann's does not count: it is of another plan (values: old values → v; gone: x → nothing)"
    )


def test_what_makes_the_approvals_of_several_void_is_told_once() -> None:
    world = fresh(count=2)
    for name in ("ann", "bob"):
        world.approve(person(name), values="old values")
    assert told(world).endswith(
        "(nobody); ann's and bob's do not count: it is of another plan (values: old values → v)"
    )


def test_where_keys_of_ones_own_are_asked_for_jenkins_does_not_count() -> None:
    world = fresh(count=1, signed=True)
    world.approve(Writer(role="release", person="bob", groups=("release-managers",), jenkins_user="b"))
    assert "only a key of one's own counts" in told(world)


@pytest.mark.parametrize("requester", [True, False])
def test_who_has_asked_counts_only_where_that_is_allowed(requester: bool) -> None:
    world = fresh(count=1, requester=requester)
    world.say(person("ann"), event("refused", "1.2.4", "production"))
    world.approve(person("ann"))
    assert (told(world) == "") is requester
    assert requester or "has asked for it" in told(world)


def test_who_asks_now_has_asked() -> None:
    world = fresh(count=1, requester=False)
    world.approve(person("rita"))
    assert "has asked for it" in told(world)


@pytest.mark.parametrize("author", [True, False])
def test_an_author_counts_only_where_that_is_allowed(author: bool) -> None:
    world = fresh(count=1, author=author)
    world.found = Found(authors=("arno",))
    world.approve(person("arno"))
    assert (told(world) == "") is author
    assert author or "has written some of it" in told(world)


@pytest.mark.parametrize(
    ("authors", "why"), [(None, "nobody knows"), (("ann", ""), "no signature proves"), (("ann",), "")]
)
def test_where_authors_must_not_count_unproven_authorship_refuses(authors: Any, why: str) -> None:
    world = fresh(count=1, author=False)
    world.found = Found(authors=authors)
    world.approve(person("zoe"))
    found = [each for each in world.closed() if each.startswith("authors")]
    assert len(found) == bool(why)
    assert all(why in each for each in found)


PEOPLE = ("ann", "bob", "cy")


@given(
    given_by=st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.integers(0, 3), st.sampled_from(["v", "old"])),
        max_size=12,
    ),
    count=st.integers(1, 3),
    requester=st.booleans(),
)
def test_one_person_counts_once_whatever_keys_they_have(
    given_by: list[tuple[str, int, str]], count: int, requester: bool
) -> None:
    world = fresh(count=count, requester=requester)
    world.asker = person("ann")
    for name, key, values in given_by:
        world.approve(person(name, key=f"SHA256:{name}{key}"), values=values)
    counting = {name for name, _, values in given_by if values == "v"}
    if not requester:
        counting.discard("ann")
    assert (told(world) == "") == (len(counting) >= count)
