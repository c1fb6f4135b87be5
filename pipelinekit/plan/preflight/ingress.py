"""Ingress classes: an Ingress of one that nobody has is taken, counts as ready, and is served by no one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelinekit.model.ground.preflight import REFUSED, UNCHECKED, Finding, Needs, Object, Seen

_FORMERLY = "kubernetes.io/ingress.class"
"""An annotation by which controllers know their own, with no such class."""


def served_by(objects: Sequence[Object]) -> tuple[str, ...]:
    """The classes that Ingresses name; empty text for the default one."""
    return tuple(
        dict.fromkeys(
            str((each.get("spec") or {}).get("ingressClassName") or "")
            for each in objects
            if each["kind"] == "Ingress" and _FORMERLY not in (each["metadata"].get("annotations") or {})
        )
    )


def findings(needs: Needs, seen: Seen) -> Iterator[Finding]:
    """The classes that are not there. Without a default one some controllers serve all the same."""
    for name in needs.ingresses:
        if seen.ingresses is None:
            what = f"ingress class {name}" if name else "a default ingress class"
            yield Finding(UNCHECKED, "ingress-class", f"{what}: classes may not be listed")
        elif name not in seen.ingresses:
            known = f"known: {', '.join(sorted(each for each in seen.ingresses if each)) or 'none'}"
            if name:
                yield Finding(REFUSED, "ingress-class", f"there is no ingress class {name}", known)
            else:
                words = "who serves the chart's Ingress, which names no class: none is the default"
                yield Finding(UNCHECKED, "ingress-class", words, known)
