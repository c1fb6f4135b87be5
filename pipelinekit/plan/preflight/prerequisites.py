"""What a cluster has to have before components go there, and nobody installs: whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelinekit.model.ground.inspection import FAILS, OK, UNCHECKED, Check, Facts, Object, Wants
from pipelinekit.model.pointer import at
from pipelinekit.model.rollout.component import Component, Prerequisite
from pipelinekit.plan.preflight.trial import networks


def judged(facts: Facts, wants: Wants, enforced: Check) -> Iterator[Check]:
    """A check for each prerequisite that is looked at; `enforced` is that of network policies."""
    for component in wants.prerequisites:
        asked = component.prerequisite
        if asked and asked.resource:
            yield _judged(component, asked, facts, enforced)


def _judged(component: Component, asked: Prerequisite, facts: Facts, enforced: Check) -> Check:
    name = component.name
    found = facts.prerequisites.get(name)
    if found is None:
        hint = f"an account that may get {asked.resource} finds it out"
        return Check(name, UNCHECKED, f"{asked.resource}/{asked.name} could not be read", hint)
    if not found:
        return _replaced(name, facts, enforced) if asked.network else _absent(name)
    return _version(component, asked, found)


def _version(component: Component, asked: Prerequisite, found: Object) -> Check:
    name, said = component.name, at(found, asked.pointer)
    if not isinstance(said, str) or not said:
        return Check(name, UNCHECKED, f"{asked.resource}/{asked.name} does not say which version runs")
    runs, wanted = said[:60], component.archive.version if component.archive else ""
    if _minor(runs) != _minor(wanted):
        hint = (
            f"upgrade it by whom it is from, or name its version in platform-charts/{name}/component.yaml "
            "beside platform.yaml"
        )
        return Check(name, FAILS, f"{runs} runs, and {wanted} is named", hint)
    return Check(name, OK, f"{runs} runs" if runs == wanted else f"{runs} runs, and {wanted} is named")


def _replaced(name: str, facts: Facts, enforced: Check) -> Check:
    """What a network that is not there comes to: another one that enforces policies serves as well."""
    others = ", ".join(networks(facts)) or "another network"
    if enforced.state == OK:
        return Check(name, OK, f"not there: {others} enforces policies in its place")
    if enforced.state == UNCHECKED:
        return Check(name, UNCHECKED, f"not there, and not known whether {others} enforces policies instead")
    return _absent(name)


def _absent(name: str) -> Check:
    return Check(name, FAILS, "not there", f"install it, or `install: true` for {name} in platform.yaml")


def _minor(version: str) -> str:
    """Major and minor version; the whole text where it is none."""
    found = re.match(r"v?(\d{1,6}\.\d{1,6})(?:\.|$)", version)
    return found[1] if found else version
