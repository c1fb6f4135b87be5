"""What is at or below Nexus and pulls from it, as it is rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.errors import Fault
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.rollout.part import Object
from pipelinekit.plan.bundle import images, knot
from pipelinekit.plan.rollout.order import Order, order_of
from pipelinekit.reading.chart.pulled import written
from pipelinekit.reading.component import FILE
from pipelinekit.reading.document.source import parse
from pipelinekit.steps.rollout.part import Part


def among(
    parts: Mapping[str, Part], order: Order, objects: Mapping[str, Sequence[Object]], platform: Platform
) -> tuple[Fault, ...]:
    """The faults of these components; `objects` are what each is rendered to."""
    names = [each for each in knot.tied(order) if each in objects]
    pulled = {name: images.pulled(parts[name].component, objects[name], platform.images) for name in names}
    if not any(knot.is_served(image, platform) for each in pulled.values() for image in each):
        return ()
    return knot.faults(order, pulled, platform, {name: _written(parts[name]) for name in names})


def of(part: Part, objects: Sequence[Object], platform: Platform) -> tuple[Fault, ...]:
    """The faults of one component, among all that are on; none where nobody says where Nexus is."""
    if platform.nexus is None:
        return ()
    return among({part.name: part}, order_of(part.others), {part.name: objects}, platform)


def _written(part: Part) -> knot.Written:
    document = parse(part.document, str(part.folder / FILE))
    return written(document, tuple(zip((part.own, part.values), part.origins, strict=True)))
