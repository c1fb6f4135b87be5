"""Lock an upstream chart: which bytes its archive has, and which images its objects name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import DocumentInvalid, Fault, Refused, failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.component import Archive
from pipelinekit.model.rollout.part import Object
from pipelinekit.model.rollout.vendored import Vendored, digest_of
from pipelinekit.plan.bundle.images import source_of
from pipelinekit.plan.bundle.locked import named_by_tag, unlocked
from pipelinekit.plan.inputs import image_reference
from pipelinekit.plan.rollout import releases
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart import declared
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.steps.artefacts import chart as chart_steps
from pipelinekit.steps.rollout.part import Part, Shelf, archive_of, layers_of, release_of
from pipelinekit.steps.rollout.upstream import require_called, require_same

Save = Callable[[Vendored], None]
"""Writes the lock of the component."""
Ask = Callable[[ImageRef], str | None]
"""The digest that a registry has for an image, or None."""


def vendor(
    part: Part, archive: Archive, shelf: Shelf, components: Components, *, ask: Ask, save: Save
) -> tuple[str, ...]:
    """Lock a component's archive and its images; what changed in the lock, in words.

    What is locked already is not asked for again, and the lock is saved with each thing that is found: a run
    that was ended goes on. Raises `DocumentInvalid` for values that the chart does not declare, `Refused` for
    another archive than the locked one and for images that no value of the chart names by digest,
    `ToolFailed` where a repository or a registry does not have what is asked for.
    """
    here, wanted = archive_of(part, archive), digest_of(archive, part.lock)
    if not archive.file and (not wanted or chart_steps.digest_of(here) != wanted):
        shelf.fetch(archive, here)
    found = chart_steps.digest_of(here)
    if not found:
        hint = "put it there, or take `file` out of component.yaml: it is fetched then"
        raise refused("archive-missing", f"there is no archive {here}", hint=hint)
    require_same(archive, here, wanted or found)
    require_called(archive, here, shelf.charts)
    _require_declared(part, shelf, here)
    objects = _rendered(part, shelf, components, here)
    named = named_by_tag(part.component, objects, shelf.platform.images)
    known = part.lock.images if part.lock else {}
    lock = Vendored(
        name=archive.name,
        repository=archive.repository,
        version=archive.version,
        digest=found,
        images={each: known[each] for each in named if each in known},
    )
    changes = list(_changes(part.lock, lock))
    if changes:
        save(lock)
    for image in named:
        if image not in lock.images:
            digest = _asked(image, shelf, ask)
            lock = replace(lock, images={**lock.images, image: digest})
            changes.append(f"{image} is {digest}")
            save(lock)
    _require_nameable(replace(part, lock=lock), shelf, components)
    return tuple(changes)


def _require_declared(part: Part, shelf: Shelf, here: Path) -> None:
    """Raise `DocumentInvalid` for each key of our values that the chart has no word of."""
    names = [each for each in shelf.charts.digests(here) if declared.counts(each)]
    chart = shelf.charts.texts(here, names)
    faults = [
        fault
        for text, origin in zip((part.own, part.values), part.origins, strict=True)
        for fault in declared.undeclared(text, origin, chart)
    ]
    if faults:
        raise DocumentInvalid(*faults)


def _rendered(part: Part, shelf: Shelf, components: Components, here: Path) -> Sequence[Object]:
    """The objects as our values want them, with the images as these name them."""
    target = releases.target_of(part.component, shelf.platform, shelf.environment)
    return read_formed(components.everything(here, target, layers_of(part, shelf.platform)))


def _changes(before: Vendored | None, lock: Vendored) -> Iterator[str]:
    """What differs, new images apart."""
    if before is None or replace(before, images={}) != replace(lock, images={}):
        yield f"{lock.name} {lock.version} is {lock.digest}"
    gone = [each for each in (before.images if before else {}) if each not in lock.images]
    yield from (f"nothing names {each} any longer" for each in gone)


def _asked(image: str, shelf: Shelf, ask: Ask) -> str:
    ref = source_of(image_reference(image), shelf.platform.images)
    digest = ask(ref)
    if digest is None:
        hint = "look at its name and tag in the values"
        raise failed("image-not-there", f"{ref.registry} has no {ref.repository}:{ref.tag}", hint=hint)
    return digest


def _require_nameable(part: Part, shelf: Shelf, components: Components) -> None:
    """Raise `Refused` for each image that is rendered without its digest, though the lock has it."""
    release = release_of(part, shelf, publish=False).prepared
    objects = read_formed(components.everything(release.archive, release.target, release.layers))
    digests = part.lock.images if part.lock else {}
    if left := unlocked(part.component, objects, digests, shelf.platform.images):
        raise Refused(*(Fault("image-by-tag", each) for each in left))
