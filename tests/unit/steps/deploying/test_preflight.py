from __future__ import annotations

import json

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.deployment import Standing
from pipelinekit.model.ground.preflight import (
    AWAITED,
    REFUSED,
    UNCHECKED,
    UNWAITED,
    Finding,
    Needs,
    Seen,
)
from pipelinekit.model.release import Target
from pipelinekit.steps.deploying.deployment import Found
from pipelinekit.steps.deploying.preflight import (
    missing,
    preflight,
    require,
    unwaited,
    watchable,
    with_there,
    without,
)
from tests import examples
from tests.manifests import deployment, thing, variable

DEV = examples.target()


class Nowhere:
    """A cluster with nothing in it, where nothing is known of rights and images."""

    def look(self, target: Target, needs: Needs) -> Seen:
        assert target == DEV
        return Seen(rules=None, absent=frozenset(each.secret for each in needs.keys))

    def look_for(self, target: Target, needs: Needs) -> Seen:
        return self.look(target, needs)


def test_a_manifest_is_held_against_what_is_seen() -> None:
    found = preflight(DEV, json.dumps(deployment(variable("api", "key"))), Nowhere())
    assert [(each.verdict, each.code) for each in found] == [
        (REFUSED, "secret-missing"),
        (UNCHECKED, "rights"),
        (UNCHECKED, "pull"),
    ]


def test_what_is_missing_is_told_alone() -> None:
    found = missing(DEV, [deployment(variable("api", "key"))], Nowhere())
    assert [(each.verdict, each.code) for each in found] == [(REFUSED, "secret-missing")]


def test_all_that_stands_in_the_way_is_refused_together() -> None:
    findings = [
        Finding(REFUSED, "a", "one", "do this"),
        Finding(AWAITED, "b", "two"),
        Finding(REFUSED, "c", "3"),
    ]
    with pytest.raises(Refused) as caught:
        require(DEV, findings, lambda _: None)
    assert [(each.code, each.problem, each.hint) for each in caught.value.faults] == [
        ("a", "dev: one", "do this"),
        ("c", "dev: 3", ""),
    ]


def test_what_is_awaited_is_said_and_stands_in_no_way() -> None:
    said: list[str] = []
    require(
        DEV, [Finding(AWAITED, "b", "secret x is not there yet"), Finding(UNCHECKED, "c", "3")], said.append
    )
    assert said == ["secret x is not there yet: it will be waited for"]


def test_what_is_not_waited_for_is_said_and_no_helm_watches_it() -> None:
    said: list[str] = []
    found = [Finding(UNWAITED, "job-unwaited", "Job/seed: it is suspended"), Finding(UNCHECKED, "c", "3")]
    require(DEV, found, said.append)
    assert said == ["not waited for: Job/seed: it is suspended"]
    assert not watchable(found)
    assert watchable(found[1:])


def test_what_is_not_waited_for_is_found_without_a_cluster() -> None:
    job = thing("Job", "seed", "batch/v1", spec={"suspend": True})
    (found,) = unwaited(DEV, json.dumps(job))
    assert str(found) == "not waited for: Job/seed: it is suspended"


def test_what_is_put_back_in_one_namespace_is_not_what_another_one_refuses() -> None:
    said = 'The Deployment "orders" is invalid: spec.template: may not be specified'
    found = (Finding(REFUSED, "a", said), Finding(REFUSED, "a", f"{said} (namespace other)"))
    assert without(found, ["Deployment/orders"]) == found[1:]
    assert without(found, ["Deployment/orders (namespace other)"]) == found[:1]


def test_what_is_about_another_moment_is_not_told() -> None:
    found = [Finding(AWAITED, "hook-suspended", "x", when=("pre-upgrade",)), Finding(AWAITED, "b", "two")]
    assert [each.code for each in with_there(found, Found(state=None))] == ["b"]


def test_what_is_put_back_first_stands_in_nobody_s_way() -> None:
    found = (
        Finding(REFUSED, "a", 'The Deployment "orders" is invalid: spec.template: may not be specified'),
        Finding(REFUSED, "a", 'The Deployment "orders-worker" is invalid: spec'),
        Finding(AWAITED, "b", "secret orders-api is not there"),
    )
    assert without(found, ["Deployment/orders"]) == found[1:]
    assert without(found, []) == found


def test_what_is_being_deleted_stands_in_the_way_beside_what_was_seen() -> None:
    seen = Finding(REFUSED, "object-refused", "no")
    there = Found(state=None, standing=Standing(ending={"ConfigMap/note": ()}))
    assert [each.code for each in with_there([seen], there)] == ["object-refused", "object-ending"]
    assert with_there([seen], Found(state=None)) == (seen,)
