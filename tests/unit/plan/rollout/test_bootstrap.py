from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.jenkins.jobplan import Action, Change, JobPlan
from pipelinekit.model.rollout.component import Component, Controller
from pipelinekit.plan.rollout.bootstrap import controller_of, first, in_charge, sources
from pipelinekit.plan.rollout.order import order_of

ON = (
    Component(name="jenkins", needs=("openbao",), controller=Controller()),
    Component(name="nexus", needs=("storage",)),
    Component(name="openbao"),
    Component(name="storage"),
    Component(name="keycloak", needs=("openbao",)),
)


def test_it_begins_with_the_controller_and_nexus_and_what_these_need_in_the_order_of_all() -> None:
    found = first(order_of(ON), controller_of(ON), "nexus")
    assert tuple(found) == ("openbao", "storage", "jenkins", "nexus")
    assert found["jenkins"] == ("openbao",)


def test_without_nexus_it_begins_with_the_controller_alone() -> None:
    on = [each for each in ON if each.name != "nexus"]
    assert set(first(order_of(on), "jenkins", "nexus")) == {"jenkins", "openbao"}


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (ON[1:], "no-controller"),
        ((*ON, Component(name="other", controller=Controller())), "controller-twice"),
    ],
)
def test_there_is_one_controller(on: tuple[Component, ...], code: str) -> None:
    with pytest.raises(Refused) as caught:
        controller_of(on)
    assert caught.value.faults[0].code == code


def test_where_images_come_from_is_told_once_each() -> None:
    images = {"a": ("quay.io/x/y:1", "quay.io/x/z:1", "busybox:1", "r:5000/b"), "none": ()}
    assert sources(images) == ("a: images from docker.io, quay.io, r:5000",)


@pytest.mark.parametrize(
    ("actions", "changing", "taken"),
    [
        ((Action.SAME, Action.UPDATE), (), True),
        ((Action.SAME, Action.CREATE), (), False),
        ((Action.SAME, Action.CREATE), ("jenkins",), True),
        ((Action.CREATE, Action.FOREIGN), ("jenkins",), False),
    ],
)
def test_a_controller_with_some_jobs_is_in_charge_of_what_would_be_changed(
    actions: tuple[Action, ...], changing: tuple[str, ...], taken: bool
) -> None:
    changes = tuple(Change(path=each, kind="pipeline", action=each) for each in actions)
    jobs = JobPlan(platform="acme", commit="1", url="https://jenkins.acme.example", changes=changes)
    assert in_charge(jobs, changing) is taken
