"""`archive.lock.yaml` to a `Vendored`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import Place, refused
from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.reading.document.source import parse

FILE = "archive.lock.yaml"
"""In `platform-charts/NAME/` beside platform.yaml, whoever the component is from."""
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


def read_vendored(text: str, origin: str = FILE) -> Vendored:
    """The lock in `text`; raises `Refused` when it is damaged, by hand or by a merge."""
    source = parse(text, origin)
    try:
        if source.faults:
            raise ValueError("not a lock")
        archive, images = source.data["archive"], source.data["images"]
        return Vendored(
            **{each: _text(archive[each]) for each in ("name", "repository", "version")},
            digest=_digest(archive["digest"]),
            images={_text(name): _digest(each) for name, each in _mapping(images).items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        hint = "remove it and run `pipelinekit platform vendor`, which writes it anew"
        raise refused("lock-damaged", "the lock cannot be read", place=Place(origin), hint=hint) from error


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("not a mapping")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _digest(value: Any) -> str:
    if not _DIGEST.fullmatch(_text(value)):
        raise ValueError("not a digest")
    return str(value)
