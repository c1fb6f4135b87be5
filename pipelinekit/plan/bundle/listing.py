"""`bundle.json`: what a bundle holds, and where it goes at a site."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.bundle import CHARTS, INDEX, Content, Entry, Stored
from pipelinekit.plan.inputs import image_reference

_IMAGE = re.compile(
    r"[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?"
)
"""A whole name: the list comes from elsewhere, and what it says becomes a path at a registry."""
_CHART = re.compile(rf"{CHARTS}/[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]*")


def listing(content: Content, charts: Sequence[Stored], images: Sequence[Stored]) -> str:
    """The text; the same content gives the same bytes."""
    body = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Bundle",
        "platform": content.platform,
        "environment": content.environment,
        "charts": [
            {
                "component": each.component,
                "reference": stored.reference,
                "digest": stored.digest,
            }
            for each, stored in zip(content.charts, charts, strict=True)
        ],
        "images": [
            {
                "reference": stored.reference,
                "digest": stored.digest,
                "architectures": list(stored.architectures),
                "components": list(each.components),
            }
            for each, stored in zip(content.images, images, strict=True)
        ],
        "files": {name: digest_of(text.encode()) for name, text in sorted(content.files.items())},
        "findings": list(content.findings),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> tuple[tuple[Entry, ...], Mapping[str, str]]:
    """The names in a bundle, and the digests of its files; raises `DocumentInvalid` for what is no list."""
    try:
        body = json.loads(text)
        entries = tuple(
            _entry(kind, each["reference"], each["digest"])
            for kind in ("chart", "image")
            for each in body[f"{kind}s"]
        )
        files = {_text(name): _text(digest) for name, digest in body["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "`platform bundle --to DIR` writes it anew"
        fault = Fault("bundle-list", "it is no list of a bundle", Place(INDEX), hint=hint)
        raise DocumentInvalid(fault) from error
    return entries, files


def _entry(kind: str, name: object, value: object) -> Entry:
    text, digest = _text(name), _text(value)
    said = text.partition("@")[2]
    if not (_CHART if kind == "chart" else _IMAGE).fullmatch(text) or said not in ("", digest):
        raise ValueError(text)
    return Entry(reference=text, digest=digest, kind=kind)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def digest_of(content: bytes) -> str:
    """`sha256:` and the hex digest."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def reference(ref: ImageRef) -> str:
    """The whole name, tag and digest as far as there are."""
    tag = f":{ref.tag}" if ref.tag else ""
    return f"{ref.registry}/{ref.repository}{tag}" + (f"@{ref.digest}" if ref.digest else "")


def parsed(entry: Entry) -> ImageRef:
    """The name of an entry; a chart's registry is `CHARTS`."""
    if entry.kind == "chart":
        repository, _, tag = entry.reference.removeprefix(f"{CHARTS}/").rpartition(":")
        return ImageRef(CHARTS, repository, tag)
    return image_reference(entry.reference)


def at_site(entry: Entry, registry: str) -> ImageRef:
    """Where an entry goes at a site: images at their path, charts below `CHARTS`.

    `registry` may have a path.
    """
    ref, (host, _, path) = parsed(entry), registry.partition("/")
    below = CHARTS if entry.kind == "chart" else ""
    repository = "/".join(part for part in (path, below, ref.repository) if part)
    return (
        ImageRef(host, repository, tag=ref.tag) if ref.tag else ImageRef(host, repository, digest=ref.digest)
    )


def meetings(entries: Sequence[Entry]) -> tuple[Fault, ...]:
    """Names that would be one at a site's registry, with other content."""
    seen: dict[ImageRef, Entry] = {}
    faults = []
    for each in entries:
        other = seen.setdefault(at_site(each, "site"), each)
        if other.digest != each.digest:
            problem = f"{other.reference} and {each.reference} would have one name at a site's registry"
            hint = "take both from one place, or name one by its digest"
            faults.append(Fault("images-meet", problem, hint=hint))
    return tuple(faults)
