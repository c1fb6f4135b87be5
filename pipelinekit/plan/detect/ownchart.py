"""The charts that a repository has, and which of their values take what of the image."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.plan.detect.signs import Texts

_DEEPEST = 4
_NAMES = ("repository", "name")
_TAGS = ("tag", "version")


def charts_in(texts: Texts) -> tuple[str, ...]:
    """The folders of charts that can be installed, the shallowest first; none that is inside of another."""
    files = {posixpath.dirname(path) for path in texts if posixpath.basename(path) == "Chart.yaml"}
    with_templates = {each for each in files if any(path.startswith(f"{each}/templates/") for path in texts)}
    top = (each for each in with_templates if not any(each.startswith(f"{other}/") for other in files))
    return tuple(sorted((each for each in top if each), key=lambda each: (each.count("/"), each)))


def image_places(values: Mapping[str, Any]) -> dict[str, str] | None:
    """Which of a chart's values take what of the image; empty for the usual ones, None where that is open.

    Of several images the one at the top counts, else the only one.
    """
    found = sorted(_images(values, ()), key=lambda each: each[0])
    if not found:
        return None
    nearest = [places for depth, places in found if depth == found[0][0]]
    if len(nearest) > 1:
        return None
    places = nearest[0]
    return {} if places == {"repository": "image.repository", "tag": "image.tag"} else places


def _images(values: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    if len(above) > _DEEPEST:
        return
    for key, value in values.items():
        path = (*above, str(key))
        if key == "image" and isinstance(value, str):
            place = ".".join(above)
            if "tag" in values:
                prefix = f"{place}." if place else ""
                yield len(path), {"repository": f"{prefix}image", "tag": f"{prefix}tag"}
            else:
                yield len(path), {"image": ".".join(path)}
        elif isinstance(value, Mapping):
            places = _parts(value, ".".join(path)) if "image" in str(key).lower() else {}
            if places:
                yield len(path), places
            else:
                yield from _images(value, path)


def _parts(image: Mapping[str, Any], place: str) -> dict[str, str]:
    """Where an image's parts are, if it has a name and a tag or digest."""
    found = {}
    for part, known in (("registry", ("registry",)), ("repository", _NAMES), ("digest", ("digest",))):
        key = next((each for each in known if each in image), "")
        if key:
            found[part] = f"{place}.{key}"
    tag = next((each for each in _TAGS if each in image), "")
    if tag:
        found["tag"] = f"{place}.{tag}"
    return found if "repository" in found and found.keys() & {"tag", "digest"} else {}
