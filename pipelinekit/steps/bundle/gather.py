"""What goes into a bundle: rendered as it would be deployed, and held against what is declared."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipelinekit.errors import DocumentInvalid, Place, Refused
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.bundle import Chart, Content, Image
from pipelinekit.plan.bundle import images
from pipelinekit.plan.rollout.definitions import split
from pipelinekit.plan.rollout.order import Order
from pipelinekit.ports import Charts
from pipelinekit.ports.rollout import Components, Object
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.component import FILE
from pipelinekit.reading.document.source import parse
from pipelinekit.reading.platform.document import FILE as PLATFORM
from pipelinekit.records import dataclass
from pipelinekit.steps.rollout import knots, packing
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, policies_of, release_of

PLUGINS = "jenkins/plugins.txt"
_PLUGINS = (
    f"{PLUGINS} lists the plugins of Jenkins, and the bundle does not hold them: put them into the "
    "controller's image where there is internet (jenkins-plugin-cli --plugin-file plugins.txt), and list it"
)
_LIBRARY = (
    "library/vars is the shared library as files: push it, with its tag, to a git server that the site's "
    "Jenkins reaches (jenkins.library in platform.yaml)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    charts: tuple[Chart, ...]
    definitions: tuple[Object, ...]
    objects: tuple[Object, ...]
    values: Mapping[str, object]
    """What the component's own chart is rendered with."""


def gather(
    parts: Mapping[str, Part], order: Order, shelf: Shelf, components: Components, files: Mapping[str, str]
) -> Content:
    """All that the components need; `files` are those that do not come from them, by their path.

    No cluster is asked. Raises `DocumentInvalid` with every image that is not as it is declared, `Refused`
    for what is at or below Nexus and pulls from it.
    """
    packing.prepare([parts[name] for name in order], shelf)
    brought = {name: _brought(parts[name], shelf, components) for name in order}
    platform = shelf.platform
    faults = [
        fault
        for name, each in brought.items()
        for fault in images.proven(
            parts[name].component, each.objects, platform.images, _places_in(parts[name]), each.values
        )
    ]
    if faults:
        raise DocumentInvalid(*faults)
    if tied := knots.among(parts, order, {name: each.objects for name, each in brought.items()}, platform):
        raise Refused(*tied)
    lists = {
        name: images.as_rendered(
            parts[name].component, each.objects, _locked(parts[name]), platform.images
        ).values()
        for name, each in brought.items()
    }
    whose = _named(lists)
    crds = {
        f"crds/{name}.yaml": _text(each.definitions) for name, each in brought.items() if each.definitions
    }
    return Content(
        platform=platform.name,
        environment=shelf.environment.name,
        charts=tuple(chart for each in brought.values() for chart in each.charts),
        images=tuple(
            Image(name=ref, source=images.source_of(ref, platform.images), components=tuple(names))
            for ref, names in sorted(whose.items(), key=lambda each: str(each[0]))
        ),
        files={**files, **crds},
        findings=(_PLUGINS, _LIBRARY),
    )


def _named(lists: Mapping[str, Collection[ImageRef]]) -> Mapping[ImageRef, Sequence[str]]:
    """Whose each image is. One has by its tag alone what another has by a digest."""
    digested = {replace(ref, digest=""): ref for refs in lists.values() for ref in refs if ref.digest}
    whose: dict[ImageRef, list[str]] = {}
    for name, refs in lists.items():
        for ref in refs:
            whose.setdefault(digested.get(ref, ref), []).append(name)
    return whose


def _locked(part: Part) -> Mapping[str, str]:
    return part.lock.images if part.lock else {}


def _places_in(part: Part) -> images.Places:
    """Where the parts of a component's document stand; it is read once there is a fault."""

    def place(path: tuple[str | int, ...]) -> Place:
        source = parse(part.document, str(part.folder / FILE))
        own = source.data.get("images", ()) if isinstance(source.data, Mapping) else ()
        if path[1:] and path[:1] == ("images",) and path[1] not in range(len(own)):
            return Place(PLATFORM)
        return source.place(path)

    return place


def _brought(part: Part, shelf: Shelf, components: Components) -> _Brought:
    charts, texts = [], []
    release = release_of(part, shelf, publish=False)
    for packaged in (policies_of(part, shelf, publish=False), release):
        if packaged is None:
            continue
        prepared = packaged.prepared
        charts.append(_chart(part.name, packaged, shelf.charts))
        texts.append(components.everything(prepared.archive, prepared.target, prepared.layers))
    definitions, objects = split([each for text in texts for each in read_formed(text)])
    return _Brought(charts=tuple(charts), definitions=definitions, objects=objects, values=release.values)


def _chart(component: str, packaged: Packaged, charts: Charts) -> Chart:
    archive = packaged.prepared.archive
    about = read_values(charts.texts(archive, ["Chart.yaml"])["Chart.yaml"], "Chart.yaml")
    name, version = str(about.get("name", "")), str(about.get("version", ""))
    return Chart(component=component, name=name, version=version, archive=str(archive), about=about)


def _text(definitions: tuple[Object, ...]) -> str:
    # JSON is YAML: nothing of a definition has to be escaped.
    return "".join(f"---\n{json.dumps(each, indent=1)}\n" for each in definitions)
