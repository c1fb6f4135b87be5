"""What an image is made of, as one digest: the same inputs need no second build."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.release import ImageRef
from pipelinekit.records import dataclass

FORMAT = 1
"""Part of the digest: raised when a build of the same inputs would give another image."""
LABEL = "dev.pipelinekit.input"
"""The image's label that holds the digest."""
HUB = "docker.io"
HUB_API = "registry-1.docker.io"
"""Where Docker Hub's registry answers; images name it by its other name."""
_HUB_ONCE = "index.docker.io"
"""What Docker still takes for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that decides what a build gives.

    `context` is the digest of the filtered sources, Dockerfile included; `bases` has what each base image
    was resolved to; `salt` tells apart what these cannot: a base that nobody could resolve.
    """

    context: str
    bases: Mapping[str, str]
    args: Mapping[str, str]
    platforms: tuple[str, ...]
    target: str = ""
    dockerfile: str = ""
    """Where it is in the context, where that has more of them."""
    salt: str = ""
    refreshed: tuple[str, ...] = field(default=())
    """Digests of earlier images of the same inputs that were too old to be used."""

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest."""
        body = {
            "format": FORMAT,
            "context": self.context,
            "bases": dict(self.bases),
            # Values may be long or private; what is told apart is enough.
            "args": dict(self.args),
            "platforms": list(self.platforms),
            "target": self.target,
            "salt": self.salt,
            "refreshed": list(self.refreshed),
            **({"dockerfile": self.dockerfile} if self.dockerfile else {}),
        }
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def input_tag(digest: str, number: int = 1) -> str:
    """The tag under which the registry has the image of that input digest, or its `number`th successor."""
    return "in-" + digest.removeprefix("sha256:")[:32] + (f"-{number}" if number > 1 else "")


def is_input_tag(tag: str) -> bool:
    """Whether a tag is one of those."""
    return re.fullmatch(r"in-[0-9a-f]{32}(-[0-9]{1,3})?", tag) is not None


def image_reference(text: str) -> ImageRef:
    """An image as a Dockerfile names it, with the registry and the tag that Docker adds."""
    name, _, digest = text.partition("@")
    head, slash, rest = name.partition("/")
    has_host = slash and ("." in head or ":" in head or head == "localhost" or head != head.lower())
    host, path = (head, rest) if has_host else (HUB, name)
    host = HUB if host == _HUB_ONCE else host
    last = path.rsplit("/", 1)[-1]
    repository, tag = (path.rsplit(":", 1)[0], path.rsplit(":", 1)[1]) if ":" in last else (path, "")
    if host == HUB and "/" not in repository:
        repository = f"library/{repository}"
    return ImageRef(host, repository, tag=tag if tag or digest else "latest", digest=digest)


def where_it_answers(ref: ImageRef) -> ImageRef:
    """The same image at the address where its registry answers."""
    host = HUB_API if ref.registry == HUB else ref.registry
    return ImageRef(host, ref.repository, ref.tag, ref.digest)


def pinned(ref: ImageRef, digest: str) -> str:
    """The image by digest alone: not every engine takes a tag beside it."""
    return f"{ref.registry}/{ref.repository}@{digest}"
