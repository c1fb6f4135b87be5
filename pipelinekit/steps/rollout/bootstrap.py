"""The beginning of a platform: what is pulled from where, and the controller's first answer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.plan.bundle import images
from pipelinekit.plan.rollout.order import Order
from pipelinekit.ports import Controller, Say
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.steps.rollout import knots
from pipelinekit.steps.rollout.gate import Clock, Sleep
from pipelinekit.steps.rollout.part import Part, Shelf
from pipelinekit.steps.rollout.render import all_rendered

AWAY = frozenset(
    ("jenkins-starting", "jenkins-unreachable", "jenkins-timeout", "jenkins-proxy", "not-jenkins")
)
"""The codes of a controller that may come yet: what stands before it may answer in its place."""
EVERY = 2.0
"""Seconds between two questions to it."""


def pulled(
    parts: Mapping[str, Part], order: Order, shelf: Shelf, components: Components
) -> dict[str, Sequence[str]]:
    """The images of each component as it is rendered.

    Raises `Refused` for what is at or below Nexus and pulls from it: it is not there yet.
    """
    texts = all_rendered([parts[name] for name in order], shelf, components)
    objects = {name: read_formed(text) for name, text in zip(order, texts, strict=True)}
    if tied := knots.among(parts, order, objects, shelf.platform):
        raise Refused(*tied)
    return {name: images.named(each) for name, each in objects.items()}


def answers(
    controller: Controller,
    *,
    timeout: int,
    say: Say,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
) -> str:
    """The controller's version, once it answers; `ToolFailed` when it has not after so many seconds."""
    until, told = clock() + timeout, ""
    while True:
        try:
            return controller.version()
        except ToolFailed as error:
            fault = error.faults[0]
            if fault.code not in AWAY or clock() > until:
                raise
            if fault.problem != told:
                told = fault.problem
                say(f"{told}: waiting for it")
        sleep(EVERY)
