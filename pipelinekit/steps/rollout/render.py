"""What would be applied for a component, as text: policies first, then the component with its definitions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from pipelinekit.model.rollout.part import Object
from pipelinekit.plan.preflight.needs import at_home
from pipelinekit.plan.rollout.definitions import split
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.steps.rollout import packing
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, policies_of, release_of

AT_ONCE = 8
"""How many components are rendered together: each is one or two processes."""


def all_rendered(parts: Sequence[Part], shelf: Shelf, components: Components) -> Iterator[str]:
    """The manifests of each component, as `rendered` gives them."""
    packing.prepare(parts, shelf)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda each: rendered(each, shelf, components), parts)


def rendered(part: Part, shelf: Shelf, components: Components) -> str:
    """The manifests of a component; no cluster is asked, nothing is published."""
    return manifests(charts_of(part, shelf), components)


def charts_of(part: Part, shelf: Shelf) -> tuple[Packaged, ...]:
    """The charts of a component, that of its policies first; nothing is published."""
    policies = policies_of(part, shelf, publish=False)
    release = release_of(part, shelf, publish=False)
    return (policies, release) if policies else (release,)


def manifests(charts: Sequence[Packaged], components: Components) -> str:
    """What they are rendered to, each below a line that says which one it is."""
    texts = []
    for each in charts:
        prepared = each.prepared
        text = components.everything(prepared.archive, prepared.target, prepared.layers)
        texts.append(f"# {prepared.target.name} {prepared.plan.version}\n{text.rstrip()}\n")
    return "".join(texts)


def surveyed(manifest: str, namespace: str) -> str:
    """What of a manifest a survey of that namespace can judge: no definitions, nothing elsewhere."""
    _, objects = split(read_formed(manifest))
    return "\n---\n".join(json.dumps(each) for each in of_namespace(objects, namespace))


def of_namespace(objects: Sequence[Object], namespace: str) -> list[Object]:
    """The objects that are in that namespace, or name none."""
    return [each for each in objects if at_home(each, namespace)]
