"""Images of upstream charts by the digests that `platform vendor` has locked: laid into the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.platform.document import Images
from pipelinekit.model.rollout.component import Component
from pipelinekit.model.rollout.part import Object
from pipelinekit.plan.bundle import images

Digests = Mapping[str, str]
"""The digest of each image, by the name that it is rendered with."""
_ABSENT = object()


def digests_laid(values: Mapping[str, Any], digests: Digests) -> dict[str, Any]:
    """What is to lie over `values` so that each locked image that they name is named by its digest as well.

    An image is a text of its own, or what parts of one mapping make together: `registry`, `repository` (some
    charts say `image`), one that ends in `name` below it, and `tag` (or `version`). There the digest goes
    into `digest` where the chart has such a key, else behind the tag. Of two images with one tag in common
    neither gets one. A list that names one is given whole, as Helm merges no lists.
    """
    found = _laid(values, digests) if digests else _ABSENT
    return found if isinstance(found, dict) else {}


def _laid(value: Any, digests: Digests) -> Any:
    if isinstance(value, str):
        return f"{value}@{digests[value]}" if value in digests else _ABSENT
    if isinstance(value, Mapping):
        inner = {key: _laid(each, digests) for key, each in value.items()}
        changed = {key: each for key, each in inner.items() if each is not _ABSENT} | _parted(value, digests)
        return changed or _ABSENT
    if isinstance(value, list):
        laid = [_laid(each, digests) for each in value]
        if all(each is _ABSENT for each in laid):
            return _ABSENT
        return [_over(before, after) for before, after in zip(value, laid, strict=True)]
    return _ABSENT


def _parted(value: Mapping[str, Any], digests: Digests) -> dict[str, str]:
    """The change of a mapping that names an image in parts."""
    key = next((each for each in ("tag", "version") if isinstance(value.get(each), str)), "")
    if not key or value.get("digest"):
        return {}
    found = {digests[f"{path}:{value[key]}"] for path in _paths(value) if f"{path}:{value[key]}" in digests}
    if len(found) != 1:
        return {}
    (digest,) = found
    return {"digest": digest} if "digest" in value else {key: f"{value[key]}@{digest}"}


def _paths(value: Mapping[str, Any]) -> Iterator[str]:
    """The paths that the texts of a mapping make of one or several images, registry included."""
    registry = value.get("registry") or ""
    names = [each for key, each in value.items() if key.endswith("name") and isinstance(each, str)]
    for path in (value.get("repository"), value.get("image")):
        if isinstance(path, str) and isinstance(registry, str):
            for parts in ((registry, path), *((registry, path, each) for each in names)):
                yield "/".join(each.strip("/") for each in parts if each)


def _over(before: Any, after: Any) -> Any:
    """`after`, which has only what changes, over what it changes."""
    if after is _ABSENT:
        return before
    if not isinstance(before, Mapping):
        return after
    return {key: _over(each, after.get(key, _ABSENT)) for key, each in before.items()} | {
        key: each for key, each in after.items() if key not in before
    }


def named_by_tag(component: Component, objects: Sequence[Object], registries: Images) -> tuple[str, ...]:
    """The images that may be another one tomorrow: rendered, or told to an operator by settings."""
    found = (*images.named(objects), *images.told(component, objects, registries))
    return tuple(each for each in found if "@sha256:" not in each)


def unlocked(
    component: Component, objects: Sequence[Object], digests: Digests, registries: Images
) -> tuple[str, ...]:
    """Why an upstream chart cannot be rolled out with these objects: each image that no digest names."""
    if component.archive is None:
        return ()
    found = named_by_tag(component, objects, registries)
    return tuple(_unlocked(component.name, each, digests) for each in found)


def _unlocked(name: str, image: str, digests: Digests) -> str:
    if image in digests:
        return f"{image} is locked, and no value takes its digest: name it whole, or by repository and tag"
    return f"{image} is not locked: run `pipelinekit platform vendor {name}`"
