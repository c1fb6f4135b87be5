"""Indexes made smaller: the images of the architectures that a site has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def of(platform: object) -> str:
    """An entry's platform as people write it, like linux/arm64/v8; empty for what is no image."""
    if not isinstance(platform, Mapping):
        return ""
    parts = [str(platform.get(key) or "") for key in ("os", "architecture", "variant")]
    return "" if "unknown" in parts or not parts[1] else "/".join(each for each in parts if each)


def matches(have: str, asked: str) -> bool:
    """Whether an image's platform is the asked one; without a variant in the question all of them are."""
    return have == asked or have.startswith(f"{asked}/")


def chosen(entries: Sequence[Mapping[str, Any]], asked: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """The entries of an index that are of one of these architectures."""
    return tuple(each for each in entries if any(matches(of(each.get("platform")), one) for one in asked))


def missing(have: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The asked architectures that are not there."""
    return tuple(each for each in asked if not any(matches(one, each) for one in have))
