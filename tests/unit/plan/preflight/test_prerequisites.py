"""Prerequisites: there in the version that is named or in another one, replaced by a network, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ground.inspection import FAILS, OK, UNCHECKED, Check, Facts, Wants
from pipelinekit.model.rollout.component import Archive, Component, Prerequisite
from pipelinekit.plan.preflight.prerequisites import judged

NETWORK = Component(
    name="calico",
    archive=Archive(name="operator", repository="https://charts.example.com", version="v3.32.1"),
    prerequisite=Prerequisite(resource="infos.example.com", name="default", pointer="/spec/v", network=True),
)
KINDS = Component(name="kinds", chart="chart", prerequisite=Prerequisite())


def said(found: Any, policies: Any = OK, component: Component = NETWORK) -> Check:
    facts = Facts(
        version="1.34.4", client="1.34.4", daemons=("cilium",), prerequisites={component.name: found}
    )
    wants = Wants(access=(), image="busybox", prerequisites=(KINDS, component))
    (check,) = judged(facts, wants, Check("network policies", policies, "so it is"))
    assert check.name == component.name
    return check


@pytest.mark.parametrize(
    ("found", "policies", "state", "reason"),
    [
        ({"spec": {"v": "v3.32.1"}}, OK, OK, "v3.32.1 runs"),
        ({"spec": {"v": "v3.32.7"}}, OK, OK, "v3.32.7 runs, and v3.32.1 is named"),
        ({"spec": {"v": "3.32.1"}}, OK, OK, "3.32.1 runs, and v3.32.1 is named"),
        ({"spec": {"v": "v3.31.5"}}, OK, FAILS, "v3.31.5 runs, and v3.32.1 is named"),
        ({"spec": {"v": "master"}}, OK, FAILS, "master runs, and v3.32.1 is named"),
        ({"spec": {}}, OK, UNCHECKED, "infos.example.com/default does not say which version runs"),
        (None, OK, UNCHECKED, "infos.example.com/default could not be read"),
        ({}, OK, OK, "not there: Cilium enforces policies in its place"),
        ({}, UNCHECKED, UNCHECKED, "not there, and not known whether Cilium enforces policies instead"),
        ({}, FAILS, FAILS, "not there"),
    ],
)
def test_a_network_is_there_or_another_one_enforces_policies(
    found: Any, policies: Any, state: str, reason: str
) -> None:
    check = said(found, policies)
    assert (check.state, check.reason) == (state, reason)
    assert bool(check.hint) is (state == FAILS or found is None)


def test_what_is_no_network_has_nothing_in_its_place() -> None:
    asked = Prerequisite(resource="infos.example.com", name="default", pointer="/spec/v")
    check = said({}, OK, Component(name="driver", chart="chart", prerequisite=asked))
    assert (check.state, check.hint) == (
        FAILS,
        "install it, or `install: true` for driver in platform.yaml",
    )
