"""Where a release's parts are by the platform's word: the ledger's is a pipeline's, and only compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.platform.document import OCI, Environment, Platform
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.promotion import image_at
from pipelinekit.steps.artefacts.chart import digest_of
from pipelinekit.steps.promotion.looks.around import Around


def at_home(release: Release, platform: Platform) -> Release:
    """The release with its image and chart where the platform has those of that application."""
    own = (release.team, release.name)
    image = ImageRef(platform.images.registry, platform.images.repository(*own), digest=release.image.digest)
    chart = ImageRef(*platform.charts.place_of(*own), tag=release.version)
    return replace(release, image=image, chart=chart)


def misplaced(around: Around, release: Release) -> Iterator[str]:
    """Why the ledger's word for where image and chart are is not taken.

    A pipeline says it, and one that may write to a registry would name what is another's, or a server of its
    own. Where a platform has moved, what is at the new place by its digest is the same.
    """
    home = at_home(release, around.platform)
    what, name = f"the ledger has {release.version}'s", release.name
    told, own = release.image, home.image
    if told.repository != own.repository:
        yield f"{what} image at {told.repository}, and {name}'s is at {own.repository} (images.path)"
    elif told.registry != own.registry and around.images.digest_of(own) != own.digest:
        yield f"{what} image at {told.registry}, and {name}'s is at {own.registry} (images.registry)"
    told, own = release.chart, home.chart
    moved = (told.registry, told.repository) != (own.registry, own.repository)
    if moved and around.charts(address_of(own)).digest_of(own) != release.chart_digest:
        at, place = _shown(told), _shown(own)
        yield f"{what} chart at {at}, and {name}'s is at {place} (charts.repository)"


def images_missing(around: Around, release: Release, environment: Environment) -> list[str]:
    """The registries that lack the image, where none of them has it."""
    there = replace(image_at(release, around.platform, environment), tag="")
    places = dict.fromkeys((there, release.image))
    if any(around.images.digest_of(each) == release.image.digest for each in places):
        return []
    return [f"no registry has {' or '.join(map(str, places))}"]


def unsigned(around: Around, release: Release) -> tuple[str, ...]:
    """What lacks the platform's signature, where it has to have one."""
    if around.signed is None:
        return ()
    parts = [release.image]
    if "://" not in release.chart.registry:
        parts.append(replace(release.chart, tag="", digest=release.chart_digest))
    return tuple(
        f"{each} has no signature of the platform's key" for each in parts if not around.signed(each)
    )


def fetch(
    around: Around, archive: Path, digest: str, places: Iterable[ImageRef], was: str
) -> tuple[str, ...]:
    """Have a chart's archive here, byte for byte as it `was` (a word for it), from the first that has it so.

    Why it is in none of the places, one reason each; nothing where it is here.
    """
    if digest_of(archive) == digest:
        return ()
    troubles = []
    for ref in dict.fromkeys(places):
        try:
            around.charts(address_of(ref)).fetch_chart(ref, archive)
        except (Refused, ToolFailed) as error:
            troubles.append(error.faults[0].problem)
            continue
        if digest_of(archive) == digest:
            return ()
        troubles.append(f"{ref} is no longer what was {was}")
    return tuple(troubles)


def address_of(ref: ImageRef) -> str:
    """The repository that a chart is in, as `platform.yaml` names one."""
    return ref.registry if "://" in ref.registry else f"{OCI}{ref.registry}"


def _shown(ref: ImageRef) -> str:
    return f"{ref.registry}/{ref.repository}"
