"""Objects that are being deleted: a server takes what is applied to them, and they go all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from pipelinekit.model.deployment import Look, Object, Standing
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


def held(look: Look, leaving: Collection[str]) -> Iterator[str]:
    """Those that a deployment deletes and finalizers hold: Helm does not wait until they have gone."""
    for each in look.live:
        finalizers, name = each["metadata"].get("finalizers") or (), name_of(each, look.home)
        if finalizers and name in leaving:
            yield f"{name} goes once its finalizers are off ({', '.join(finalizers)}): nothing waits for that"


def of_namespace(name: str) -> tuple[str, str]:
    """That a namespace is being deleted, whatever still runs there, and what can be done."""
    hint = f"run it again when it is gone; `kubectl get namespace {name} --output yaml` tells what holds it"
    return f"namespace {name} is being deleted, and all that is in it", hint


def findings(standing: Standing | None) -> tuple[Finding, ...]:
    """A deployment waits until they are gone: what it made of them would go with them."""
    return told(standing.ending if standing else {})


def of_wanted(going: Sequence[Object], home: str) -> tuple[Finding, ...]:
    """The same of what a chart brings, though the installed release has it not."""
    return told({name_of(each, home): tuple(each["metadata"].get("finalizers") or ()) for each in going})


def told(going: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """A finding for each of them, with what holds it."""
    hint = "run it again when it is gone; `kubectl get --output yaml` tells who has to let go of it"
    return tuple(
        Finding(REFUSED, "object-ending", words(name, finalizers), hint) for name, finalizers in going.items()
    )
