from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.draft import Built
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.innerloop.release import Chart, Wishes, build_id, is_given, prepare, require_ours
from tests import examples
from tests.doubles import Cluster

PLAN = examples.plan()
TARGET = Target(
    name="orders", environment=PLAN.platform.environments[0], namespace="draft-p-alice", context="c"
)
IMAGE = Built(repository="r/orders", tag="a" * 40, digest="sha256:1", built=True, pushed=True)
CHART = Chart(folder=Path("unused"), digest="sha256:c", values={"image": {"digest": ""}, "processes": {}})


def prepared(wishes: Wishes = Wishes(), state: ReleaseState | None = None, chart: Chart = CHART) -> Prepared:  # noqa: B008
    return prepare(PLAN, TARGET, chart, IMAGE, wishes, state, Cluster(), lambda _: None)


def installed(values: Mapping[str, object]) -> ReleaseState:
    return ReleaseState(revision=1, status="deployed", values=values, manifest="")


def test_what_is_injected_wins_over_what_is_set() -> None:
    sets = {"draft": "mine", "image": {"digest": "sha256:other"}, "more": 1}
    found = prepared(Wishes(sets=sets)).values
    assert found["draft"] == "orders"
    assert found["more"] == 1
    image = found["image"]
    assert isinstance(image, dict)
    assert image["digest"] == "sha256:1"


def test_the_same_again_is_the_same_build_and_anything_else_another() -> None:
    first = prepared()
    again = prepared(state=installed(first.values))
    assert again.values == first.values
    other = prepared(state=installed(first.values), chart=replace(CHART, digest="sha256:d"))
    assert other.values["buildID"] != first.values["buildID"]


def test_partners_are_where_they_are_found() -> None:
    peers = {"billing": {"name": "billing", "namespace": "draft-p-alice"}}
    assert prepared(Wishes(peers=peers)).values["peers"] == peers


def test_a_release_that_others_have_made_is_theirs() -> None:
    require_ours(TARGET, None, "ann")
    require_ours(TARGET, installed({"draft": "orders"}), "ann")
    with pytest.raises(Refused) as caught:
        require_ours(replace(TARGET, context="a b"), installed({"environment": "dev"}), "ann")
    assert "`helm uninstall orders --namespace draft-p-alice --kube-context 'a b'`" in (
        caught.value.faults[0].hint
    )
    assert caught.value.faults[0].code == "release-foreign"


def test_a_copy_in_a_namespace_that_is_nobodys_says_whose_it_is() -> None:
    values = prepared(Wishes(owner="ann", sets={"global": {"mine": 1}})).values
    assert values["global"] == {"mine": 1, "pipelinekit.dev/owner": "ann"}
    assert "global" not in prepared().values
    require_ours(TARGET, installed(values), "ann")
    with pytest.raises(Refused) as caught:
        require_ours(TARGET, installed(values), "ben")
    assert str(caught.value.faults[0].problem) == "'orders' in draft-p-alice is ann's copy, and you are ben"
    # One of before that was known counts as whoever's it is next; what is no table says nothing.
    for none in ({}, {"global": 1}, {"global": {"pipelinekit.dev/owner": None}}):
        require_ours(TARGET, installed({"draft": "orders", **none}), "ben")


def test_builds_sort_by_time_and_no_two_are_alike() -> None:
    made = [build_id() for _ in range(100)]
    assert len(set(made)) == 100
    assert {len(each) for each in made} == {26}
    assert [each[:10] for each in made] == sorted(each[:10] for each in made)


def test_what_is_set_no_more_or_otherwise_is_not_what_is_given() -> None:
    wishes = Wishes(sets={"processes": {"web": {"replicas": 2}}})
    there = prepared(wishes).values
    assert is_given(PLAN, TARGET, CHART, wishes, there)
    assert not is_given(PLAN, TARGET, CHART, Wishes(), there)
    assert not is_given(PLAN, TARGET, CHART, Wishes(sets={"processes": {"web": {"replicas": 3}}}), there)


def test_what_partners_and_secrets_say_is_nobodys_wish() -> None:
    there = {**prepared(Wishes(peers={"a": {"name": "a"}})).values, "secretVersions": {"a": "1"}}
    assert is_given(PLAN, TARGET, CHART, Wishes(), there)
    chart = replace(CHART, environment="more: 1")
    assert not is_given(PLAN, TARGET, chart, Wishes(), there)
