"""Objects that are being deleted: a server takes what is applied to them, and they go all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.model.deployment import Look, Standing
from pipelinekit.model.ground.preflight import REFUSED, Finding
from pipelinekit.plan.deploying.fields import key_of, name_of, passes


def of(look: Look) -> Mapping[str, tuple[str, ...]]:
    """Those that are declared, and the finalizers that hold each."""
    live = {key_of(each): each["metadata"] for each in look.live}
    return {
        name_of(each, look.home): tuple(live[key].get("finalizers") or ())
        for each in look.applied
        if (key := key_of(each)) in live and live[key].get("deletionTimestamp") and not passes(each)
    }


def words(name: str, finalizers: Sequence[str]) -> str:
    """That an object is being deleted, and what it waits for."""
    held = f", and waits for {', '.join(finalizers)}" if finalizers else ""
    return f"{name} is being deleted{held}"


def findings(standing: Standing | None) -> tuple[Finding, ...]:
    """A deployment waits until they are gone: what it made of them would go with them."""
    hint = "run it again when it is gone; `kubectl get --output yaml` tells who has to let go of it"
    return tuple(
        Finding(REFUSED, "object-ending", words(name, finalizers), hint)
        for name, finalizers in (standing.ending if standing else {}).items()
    )
