"""What a platform begins with: the controller and Nexus, and all that these need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelinekit.errors import refused
from pipelinekit.model.jenkins.jobplan import Action, JobPlan
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.inputs import image_reference
from pipelinekit.plan.rollout.order import Order, needed_by


def controller_of(on: Iterable[Component]) -> str:
    """The component that is the controller; raises `Refused` unless it is one."""
    names = sorted(each.name for each in on if each.controller is not None)
    if len(names) == 1:
        return names[0]
    if names:
        raise refused(
            "controller-twice",
            f"{' and '.join(names)} each say that they are the controller",
            hint="one of them rolls the platform out: keep controller: in its component.yaml alone",
        )
    raise refused(
        "no-controller",
        "no component that is on is the controller",
        hint="turn jenkins on in platform.yaml, which comes with pipelinekit; or one of your own, which\n"
        "says controller: {} in its component.yaml where it is called something else",
    )


def first(order: Order, *names: str) -> Order:
    """The part of the order that these, where they are on, have to have."""
    roots = [name for name in names if name in order]
    wanted = {*roots, *(need for root in roots for need in needed_by(root, order))}
    return {name: needs for name, needs in order.items() if name in wanted}


def in_charge(jobs: JobPlan, changing: Sequence[str]) -> bool:
    """Whether the controller has taken over: it has every job, or some, and components would be `changing`.

    Jobs come last: where there are some, all components were brought up, and a beginning has only the other
    jobs left to make.
    """
    if not jobs.of(Action.CREATE, Action.BLOCKED, Action.REFUSED):
        return True
    return bool(changing) and bool(jobs.of(Action.SAME, Action.UPDATE))


def sources(images: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A line for each component: the registries that its images come from."""
    return tuple(
        f"{name}: images from {', '.join(sorted({image_reference(each).registry for each in pulled}))}"
        for name, pulled in images.items()
        if pulled
    )
