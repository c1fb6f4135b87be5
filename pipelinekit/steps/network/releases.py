"""The objects of every release, as a deployment would render them; no cluster is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelinekit.generators import chart as chart_generator
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.platform.site import Site
from pipelinekit.model.release import ImageRef, Key, ReleasePlan, Revision, Target
from pipelinekit.model.tree import Tree
from pipelinekit.plan.chartvalues import given_values
from pipelinekit.plan.network.rendered.assembly import Rendered
from pipelinekit.plan.release import peers_of, target_of
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart.manifest import read_manifest_with_sources
from pipelinekit.reading.chart.values import read_values
from pipelinekit.render import Templates, render
from pipelinekit.steps.network.alike import Filled, Form, Object, Peers, form_of
from pipelinekit.steps.rollout import packing
from pipelinekit.steps.rollout.looks.plan import AT_ONCE
from pipelinekit.steps.rollout.part import Part, Shelf, policies_of, release_of

Template = Callable[[Tree, str, Target, Sequence[str]], str]
"""What a chart in a folder of a tree renders for a target with those values: YAML documents."""

_DIGEST = "sha256:" + "0" * 64
"""In place of an image's and a chart's digest: neither says anything about the network."""


def of_components(parts: Sequence[Part], shelf: Shelf, components: Components) -> list[Rendered]:
    """Those of components and of their policies, which are releases of their own."""

    packing.prepare(parts, shelf)

    def both(part: Part) -> list[Rendered]:
        return list(_of_component(part, shelf, components))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each for found in pool.map(both, parts) for each in found]


def _of_component(part: Part, shelf: Shelf, components: Components) -> Iterator[Rendered]:
    for packaged in (policies_of(part, shelf, publish=False), release_of(part, shelf, publish=False)):
        if packaged is not None:
            prepared = packaged.prepared
            text = components.everything(prepared.archive, prepared.target, prepared.layers)
            yield rendered(part.name, prepared.target, text)


def of_applications(
    apps: Sequence[App],
    platform: Platform,
    environment: Environment,
    site: Site,
    templates: Templates,
    template: Template,
) -> list[Rendered]:
    """Those of applications, as the charts that are generated from their descriptors render them.

    Of applications of one form one is rendered.
    """

    def of(app: App, target: Target, peers: Peers) -> Objects:
        tree = render(chart_generator.plan(app, site), templates)
        folder = f"charts/{app.name}"
        layers = list(_layers(app, platform, environment, tree, folder, peers))
        return read_manifest_with_sources(template(tree, folder, target, layers), "manifest")

    def alike(these: Sequence[_Wanted]) -> list[Rendered]:
        _, target, _, form = these[0]
        if form is None or len(these) == 1:
            return [_released(one, at, of(one, at, given)) for one, at, given, _ in these]
        blank = replace(target, name=form.app.name, namespace=form.namespace)
        text = json.dumps(of(form.app, blank, form.peers))
        return [_released(one, at, Filled(text, own.words)) for one, at, _, own in these if own]

    forms: dict[str, list[_Wanted]] = {}
    for each in apps:
        target, peers = target_of(each, platform, environment), peers_of(each, platform, environment)
        form = form_of(each, environment, target.namespace, peers)
        key = form.key if form else f"{each.team}/{each.name}"
        forms.setdefault(key, []).append((each, target, peers, form))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = {each.owner: each for some in pool.map(alike, forms.values()) for each in some}
    return [found[f"{each.team}/{each.name}"] for each in apps]


Objects = Sequence[tuple[Object, str]]
_Wanted = tuple[App, Target, Peers, Form | None]


def _released(app: App, target: Target, objects: Objects) -> Rendered:
    return Rendered(owner=app.title, release=target.name, namespace=target.namespace, objects=objects)


def _layers(
    app: App, platform: Platform, environment: Environment, tree: Tree, folder: str, peers: Peers
) -> Iterator[str]:
    own = tree.get(f"{folder}/values-{environment.name}.yaml")
    if own is not None:
        yield own.text
    values = read_values(tree[f"{folder}/values.yaml"].text, "values.yaml")
    plan = ReleasePlan(
        app=app,
        platform=platform,
        revision=Revision(tree="", dirty=False),
        key=Key("", "", ""),
        version="",
        image=ImageRef(platform.images.registry, platform.images.repository(app.team, app.name)),
        chart=ImageRef("", ""),
        chart_folder=folder,
    )
    given = given_values(plan, environment, values, _DIGEST)
    yield json.dumps({**given, **({"peers": peers} if "peers" in given else {})})
    yield json.dumps({"image": {"digest": _DIGEST}})


def rendered(owner: str, target: Target, text: str, origin: str = "manifest") -> Rendered:
    """The objects of a text that Helm has rendered; `origin` is where it is from."""
    objects = read_manifest_with_sources(text, origin)
    return Rendered(owner=owner, release=target.name, namespace=target.namespace, objects=objects)


def kinds_of(apps: Iterable[App]) -> tuple[str, ...]:
    """The kinds of backing services that applications ask for."""
    return tuple(dict.fromkeys(service.type for app in apps for service in app.services))
