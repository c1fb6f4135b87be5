"""References between components: who needs and calls whom, held against what the platform has on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.errors import Fault
from pipelinekit.model.platform.document import ComponentEntry, Platform
from pipelinekit.model.pointer import MISSING, at
from pipelinekit.model.rollout.component import ANYBODY, APPLICATIONS, INGRESS, Component, Want
from pipelinekit.names import meant, nearest
from pipelinekit.reading.component import read_component_with_places
from pipelinekit.reading.document.faults import position
from pipelinekit.reading.document.source import Source
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """A component and the places of its document's parts."""

    component: Component
    source: Source


def describe(content: bytes | str, origin: str, folder: str) -> Described:
    """The component in `content`, which lies in a folder of that name; raises `DocumentInvalid`."""
    return Described(*read_component_with_places(content, origin, folder))


def enabled(platform: Platform) -> tuple[ComponentEntry, ...]:
    """What the platform has on, as it stands there."""
    return tuple(each for each in platform.components if each.enabled)


def rolled_out(entry: ComponentEntry, component: Component) -> bool:
    """Whether a rollout is about it: it is on and, where it is a prerequisite, to be installed."""
    return entry.enabled and (component.prerequisite is None or entry.install)


def held_back(platform: Platform, found: Mapping[str, Described]) -> tuple[str, ...]:
    """In words, which components a rollout leaves alone though the platform names them, and why."""
    lines = []
    for entry in platform.components:
        component = found[entry.name].component if entry.name in found else None
        if component and entry.enabled and not rolled_out(entry, component):
            lines.append(
                f"{entry.name} is a prerequisite: `platform preflight` looks for it, and nothing touches it "
                "without `install: true` in platform.yaml"
            )
        elif component and not entry.enabled and (peculiar := _peculiar(component)):
            wants = ", ".join(each.what for each in peculiar)
            lines.append(f"{entry.name} is off: it wants {wants}, in its values")
    return tuple(lines)


def _peculiar(component: Component) -> list[Want]:
    """What is wanted of this one alone: every chart wants its images, and some what follows from a word."""
    return [each for each in component.wants if not (each.when or each.unless or "/image/" in each.value)]


def lacking(component: Component, values: Mapping[str, Any]) -> tuple[Want, ...]:
    """What it wants of the platform, and these values do not have: nothing is there, or an empty text."""
    wanted = (each for each in component.wants if _is_wanted(each, values))
    return tuple(each for each in wanted if not _given(values, each.value))


def _is_wanted(want: Want, values: Mapping[str, Any]) -> bool:
    said = at(values, want.when) if want.when else True
    return bool(said) and said is not MISSING and not any(_given(values, each) for each in want.unless)


def _given(values: Mapping[str, Any], pointer: str) -> bool:
    return at(values, pointer) not in (None, "", MISSING)


def as_entered(component: Component, entry: ComponentEntry) -> Component:
    """A component with the ways out that the platform opens to it, and the images that it made for it."""
    flows = component.flows
    images = tuple(dict.fromkeys((*component.images, *entry.images)))
    return replace(component, flows=replace(flows, reaches=(*flows.reaches, *entry.reaches)), images=images)


def check_components(
    platform: Platform, source: Source, found: Mapping[str, Described], known: Sequence[str] = ()
) -> list[Fault]:
    """Every fault of the components that the platform has on; `source` is its document.

    `known` are the names of all folders with a component, read or not.
    """
    faults: list[Fault] = []
    on = {each.name for each in enabled(platform)}
    off = {each.name for each in platform.components} - on
    for index, entry in enumerate(platform.components):
        if entry.name not in found:
            names = {*known, *found}
            if entry.enabled and entry.name not in known:
                known_ones = nearest(entry.name, names)
                own = f"one of your own is platform-charts/{entry.name}/component.yaml beside this document"
                hint = known_ones if meant(entry.name, names) else f"{known_ones}; {own}"
                problem = f"there is no component '{entry.name}'"
                faults.append(source.found(("components", index, "name"), "component-unknown", problem, hint))
        elif entry.enabled and found[entry.name].component.extension:
            what = found[entry.name].component.extension
            problem = f"'{entry.name}' is to be defined: {what}"
            hint = (
                f"write platform-charts/{entry.name}/component.yaml beside this document, or enabled: false"
            )
            faults.append(source.found(("components", index, "name"), "component-undefined", problem, hint))
        elif entry.install and found[entry.name].component.prerequisite is None:
            problem = f"'{entry.name}' is no prerequisite: it is installed where it is on"
            faults.append(
                source.found(("components", index, "install"), "install-what", problem, "remove it")
            )
    idle = {
        each.name
        for each in enabled(platform)
        if each.name in found and not rolled_out(each, found[each.name].component)
    }
    for name in sorted(on & found.keys()):
        if name not in idle:
            faults += _check_needs(found[name], on, off, {*known, *found})
            faults += _check_prerequisites(found[name], found, on, idle)
        faults += _check_flows(found[name], found, {*known, *found})
    faults += _check_circles(found, on)
    return sorted(faults, key=lambda fault: (fault.place.origin if fault.place else "", *position(fault)))


def _check_needs(described: Described, on: set[str], off: set[str], known: set[str]) -> list[Fault]:
    component, source = described.component, described.source
    faults = []
    for index, name in enumerate(component.needs):
        if name not in known:
            hint = nearest(name, known)
            faults.append(source.found(("needs", index), "need-unknown", f"there is no '{name}'", hint))
        elif name not in on:
            state = "is off" if name in off else "is not among the platform's components"
            hint = (
                f"turn it on in platform.yaml, or turn {component.name} off; what can be missing is optional:"
            )
            faults.append(source.found(("needs", index), "need-off", f"'{name}' {state}", hint))
    for index, name in enumerate(component.optional):
        if name not in known:
            hint = nearest(name, known)
            faults.append(source.found(("optional", index), "need-unknown", f"there is no '{name}'", hint))
    return faults


def _check_prerequisites(
    described: Described, found: Mapping[str, Described], on: set[str], idle: set[str]
) -> list[Fault]:
    """What a prerequisite that is to be installed waits for: prerequisites alone, to be installed as well."""
    component, source, faults = described.component, described.source, []
    if component.prerequisite is None:
        return []
    for key in ("needs", "optional"):
        for index, name in enumerate(getattr(component, key)):
            if name in idle and key == "needs":
                problem, hint = f"'{name}' is only looked for", "install: true in its entry of platform.yaml"
                faults.append(source.found((key, index), "need-off", problem, hint))
            elif name in on & found.keys() and found[name].component.prerequisite is None:
                problem = f"'{name}' waits for every prerequisite, and this is one"
                faults.append(source.found((key, index), "need-late", problem, "remove it"))
    return faults


def _check_flows(described: Described, found: Mapping[str, Described], known: set[str]) -> list[Fault]:
    """Calls of what is nowhere, or does not offer that; accepted callers that are nowhere."""
    source, faults = described.source, []
    for index, call in enumerate(described.component.flows.calls):
        path = ("calls", index)
        if call.component not in known:
            hint = nearest(call.component, known)
            problem = f"there is no component '{call.component}'"
            faults.append(source.found(path, "call-unknown", problem, hint))
        elif call.component in found and found[call.component].component.offer(call.offer) is None:
            offers = [each.name for each in found[call.component].component.offers]
            problem = f"'{call.component}' does not offer '{call.offer}'" if call.offer else ""
            problem = problem or f"'{call.component}' offers nothing"
            faults.append(source.found(path, "offer-unknown", problem, nearest(call.offer, offers)))
    callers = {*known, ANYBODY, APPLICATIONS, INGRESS}
    for index, word in enumerate(described.component.flows.accepts):
        name = word.partition(":")[0]
        if name not in callers:
            hint = nearest(name, callers)
            faults.append(source.found(("accepts", index), "caller-unknown", f"there is no '{name}'", hint))
    return faults


def _check_circles(found: Mapping[str, Described], on: set[str]) -> list[Fault]:
    """Each circle once, whole, at the need of its first member by name that closes it."""
    edges = {name: _waits_for(found[name].component, on & found.keys()) for name in sorted(on & found.keys())}
    faults, told = [], set()
    for start in edges:
        circle = _circle(start, edges)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            first = circle.index(min(circle))
            ring = [*circle[first:], *circle[:first]]
            described, second = found[ring[0]], ring[1 % len(ring)]
            key = "needs" if second in described.component.needs else "optional"
            path = (key, getattr(described.component, key).index(second))
            text = " needs ".join([*ring, ring[0]])
            problem = f"goes in a circle: {text}"
            faults.append(described.source.found(path, "need-circle", problem, "one of them has to go first"))
    return faults


def _waits_for(component: Component, on: set[str]) -> tuple[str, ...]:
    return tuple(each for each in (*component.needs, *component.optional) if each in on)


def _circle(start: str, edges: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from `start` back to it, or empty."""
    before: dict[str, str] = {}
    queue = [start]
    for current in queue:
        for each in edges[current]:
            if each == start:
                way = [current]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if each not in before:
                before[each] = current
                queue.append(each)
    return []
