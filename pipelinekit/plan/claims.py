"""The volume claims of a StatefulSet, as its manifest says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def claims_of(stateful_set: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The spec of each claim by its name; none of what has none."""
    templates = (stateful_set.get("spec") or {}).get("volumeClaimTemplates") or ()
    names = (str((each.get("metadata") or {}).get("name", "")) for each in templates)
    return {name: each.get("spec") or {} for name, each in zip(names, templates, strict=True)}


def asked(claim: Mapping[str, Any]) -> str:
    """The size that a claim's spec asks for, as it is written; empty for none."""
    return str(((claim.get("resources") or {}).get("requests") or {}).get("storage", ""))


def is_made_of(name: str, stems: Sequence[str]) -> bool:
    """Whether it is a claim that a StatefulSet made of one of these: `data-store-0` of `data-store`."""
    stem, _, number = name.rpartition("-")
    return number.isdigit() and stem in stems
