"""Images that rendered objects name, held against the list of a component."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.errors import Fault, Place
from pipelinekit.model.platform.document import Images
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.inputs import HUB, image_reference, where_it_answers

Object = Mapping[str, Any]
Places = Callable[[tuple[str | int, ...]], Place]
"""Where a part of component.yaml stands, by its path; images of platform.yaml's entry are behind its own."""

_ANY_REGISTRY = "(?:[A-Za-z0-9][A-Za-z0-9.:_-]*/)*"
_INJECTED = ("istio-proxy", "auto")
"""Name and image of a container that Istio's injector replaces, by the image of istiod's values."""


def named(objects: Sequence[Object]) -> tuple[str, ...]:
    """The images of containers of every kind, of volumes, and of resources that have a field `image`."""
    return tuple(dict.fromkeys(each for one in objects for each in _in(one)))


def _in(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "image" and isinstance(inner, str):
                # Somebody's own resource may call another thing so: an image has a path, a tag or a digest.
                one = "name" in value or "/" in inner or ":" in inner
                if inner and one and (value.get("name"), inner) != _INJECTED:
                    yield inner
            elif key == "image" and isinstance(inner, Mapping) and isinstance(inner.get("reference"), str):
                yield inner["reference"]
            else:
                yield from _in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _in(inner)


def proven(
    component: Component,
    objects: Sequence[Object],
    images: Images,
    place: Places,
    values: Object | None = None,
) -> tuple[Fault, ...]:
    """What is rendered and not listed, and what is listed and not rendered.

    What operators start stands in variables, arguments or settings: there a listed image counts as named. An
    image at the platform's own registries is the one of that path, whatever registry the list says. One by
    its digest alone is that of its repository, where the list has one tag of it: values say which digest. A
    listed image is one: rendered with two digests, the second is not listed. `values` are those of its chart,
    as far as they are known: what these name in a part that they switch off need not be rendered.
    """
    own, off = _own(images), tuple(_switched_off(values or {}))
    listed = as_rendered(component, objects, {}, images)
    found = _tagged({each: _read(each, own) for each in named(objects)}, listed.values())
    faults = [
        Fault(
            "image-unlisted",
            f"{component.name}: {image} is rendered, and images: does not list it",
            place(("images",)),
            hint=f"add it to images: in {component.name}'s component.yaml; one that this platform made, to "
            "images: of its entry in platform.yaml",
        )
        for image, ref in found.items()
        if not any(_same(ref, each) for each in listed.values())
    ]
    words = tuple(_words(objects))
    for image, ref in listed.items():
        if any(_same(each, ref) for each in found.values()) or _written(ref, words, own) or _is_off(ref, off):
            continue
        problem = f"{component.name}: images: lists {image}, and nothing that is rendered names it"
        hint = "take it out of the list, or out of the values what switches it off"
        where = place(("images", component.images.index(image)))
        faults.append(Fault("image-unused", problem, where, hint=hint))
    return tuple(faults)


def pulled(
    component: Component, objects: Sequence[Object], images: Images, values: Object | None = None
) -> tuple[str, ...]:
    """What nodes pull for a component: the rendered images, and what of its list they do not name.

    The latter is what an operator starts, by its own program too: at the platform's own registry where the
    values say so. `values` are those of its chart, as far as they are known: what these name in a part that
    they switch off, and nothing else names, is pulled by nobody.
    """
    own, words, off = _own(images), tuple(_words(objects)), tuple(_switched_off(values or {}))
    rest = []
    for image, ref in _started(component, objects, own).items():
        text = _written(ref, words, own)
        if not text and _is_off(ref, off):
            continue
        rest.append(text if any(text.startswith(f"{each}/") for each in own) else image)
    return (*named(objects), *rest)


def told(component: Component, objects: Sequence[Object], images: Images) -> tuple[str, ...]:
    """What an operator starts of a component's list, as settings name it: whole, at whatever registry."""
    words = tuple(_words(objects))
    return tuple(
        dict.fromkeys(
            text
            for ref in _started(component, objects, _own(images)).values()
            for text in _mentions(ref, words, _ANY_REGISTRY)
            if ref.registry == HUB or _has_registry(text)
        )
    )


def _switched_off(values: object, off: bool = False) -> Iterator[ImageRef]:
    """The images of parts of values that say `enabled: false`, at whatever registry."""
    if isinstance(values, Mapping):
        off = off or values.get("enabled") is False
        path, tag = values.get("repository"), values.get("tag")
        if off and isinstance(path, str) and path:
            registry = values.get("registry")
            before = f"{registry}/" if isinstance(registry, str) and registry else ""
            yield replace(image_reference(f"{before}{path}"), registry="", tag=str(tag or ""), digest="")
        for key, inner in values.items():
            if off and key == "image" and isinstance(inner, str) and inner:
                yield replace(image_reference(inner), registry="", digest="")
            else:
                yield from _switched_off(inner, off)
    elif isinstance(values, list | tuple):
        for inner in values:
            yield from _switched_off(inner, off)


def _is_off(listed: ImageRef, off: Sequence[ImageRef]) -> bool:
    return any(_is_of(each, listed) and each.tag in ("", listed.tag) for each in off)


def _started(component: Component, objects: Sequence[Object], own: set[str]) -> dict[str, ImageRef]:
    """The images of the list that no container names."""
    listed = {each: image_reference(each) for each in component.images}
    # Values may name it at any registry.
    anywhere = {each: replace(_read(each, own), registry="") for each in named(objects)}
    found = _tagged(anywhere, listed.values()).values()
    return {each: ref for each, ref in listed.items() if not any(_same(one, ref) for one in found)}


def as_rendered(
    component: Component, objects: Sequence[Object], locked: Mapping[str, str], images: Images
) -> dict[str, ImageRef]:
    """The list of a component, each image with the digest that it is rendered with, or else locked with.

    `locked` has the digests by the names that images are rendered with.
    """
    own = _own(images)
    listed = {each: image_reference(each) for each in component.images}
    names = {each: _read(each, own) for each in named(objects)}
    names |= {each: replace(_read(each, own), digest=digest) for each, digest in locked.items()}
    digested = [each for each in _tagged(names, listed.values()).values() if each.digest]
    return {
        image: replace(ref, digest=next((each.digest for each in digested if _same(each, ref)), ref.digest))
        for image, ref in listed.items()
    }


def source_of(ref: ImageRef, images: Images) -> ImageRef:
    """Where an image is copied from: what Docker Hub has comes from the platform's mirror."""
    if ref.registry == HUB and images.mirror not in ("", HUB):
        host, _, path = images.mirror.partition("/")
        return ImageRef(host, "/".join(part for part in (path, ref.repository) if part), ref.tag, ref.digest)
    return where_it_answers(ref)


def _own(images: Images) -> set[str]:
    return {each for each in (images.mirror, images.registry) if each and each != HUB}


def _read(image: str, own: set[str]) -> ImageRef:
    """A rendered image; of one at an own registry the registry is left empty."""
    for place in sorted(own, key=len, reverse=True):
        if image.startswith(f"{place}/"):
            ref = image_reference(f"{place.partition('/')[0]}/{image.removeprefix(f'{place}/')}")
            return ImageRef("", ref.repository, ref.tag, ref.digest)
    return image_reference(image)


def _tagged(found: Mapping[str, ImageRef], listed: Collection[ImageRef]) -> dict[str, ImageRef]:
    """Rendered images; one by its digest alone has the listed tag of its repository, where there is one."""

    def tag(ref: ImageRef) -> str:
        tags = {each.tag for each in listed if _is_of(ref, each)}
        return tags.pop() if len(tags) == 1 else ""

    return {name: ref if ref.tag else replace(ref, tag=tag(ref)) for name, ref in found.items()}


def _is_of(rendered: ImageRef, listed: ImageRef) -> bool:
    return rendered.registry in ("", listed.registry) and rendered.repository == listed.repository


def _same(rendered: ImageRef, listed: ImageRef) -> bool:
    if not _is_of(rendered, listed):
        return False
    if rendered.digest and listed.digest:
        return rendered.digest == listed.digest
    return bool(rendered.tag) and rendered.tag == listed.tag


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)


def _written(ref: ImageRef, words: Sequence[str], own: set[str]) -> str:
    """How a text names that image, with its registry, an own one, or none before it; else empty."""
    before = "|".join(re.escape(f"{each}/") for each in (ref.registry, *sorted(own)))
    return next(_mentions(ref, words, f"(?:{before})?"), "")


def _mentions(ref: ImageRef, words: Sequence[str], before: str) -> Iterator[str]:
    """Each name of that image in texts, with a digest behind its tag; `before` is a registry's pattern."""
    ends = [f":{re.escape(ref.tag)}(?:@sha256:[0-9a-f]{{64}})?"] if ref.tag else []
    ends += [re.escape(f"@{ref.digest}")] if ref.digest else []
    path = ref.repository.removeprefix("library/") if ref.registry == HUB else ref.repository
    folder = "(?:library/)?" if path != ref.repository else ""
    forms = "|".join(re.escape(path) + each for each in ends)
    begin, end = "(?<![A-Za-z0-9._/-])", r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
    pattern = re.compile(f"{begin}{before}{folder}(?:{forms}){end}")
    return (found[0] for each in words for found in pattern.finditer(each))


def _has_registry(image: str) -> bool:
    first, _, path = image.partition("/")
    return bool(path) and ("." in first or ":" in first)
