"""The plan of a deployment: what it would change in which object, in words, and whether it still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipelinekit.errors import Refused, refused
from pipelinekit.model.deployment import Addition, Change, DeploymentPlan, Look, Object, Standing
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan.deploying import admitted, ending
from pipelinekit.plan.deploying.apart import apart, short
from pipelinekit.plan.deploying.deployment import (
    SCALED,
    bare,
    declares,
    differences,
    dropped,
    leaving,
)
from pipelinekit.plan.deploying.fields import key_of, name_of, place_of
from pipelinekit.plan.deploying.scaling import REPLICAS, autoscaled, held


def with_changes(
    plan: DeploymentPlan,
    look: Look,
    recorded: Sequence[Object],
    wanted: Sequence[Object],
    standing: Standing | None,
    *,
    owns: bool = True,
) -> DeploymentPlan:
    """The plan with all that installing the `wanted` objects would change.

    `look` is at the wanted objects and at the `recorded` ones, those of the installed release. `owns` is
    whether Helm knows owners of fields.
    """
    live = {key_of(each): each for each in look.live}
    home = plan.namespace
    last = {place_of(each, live, home): each for each in recorded}
    given = {place_of(each, live, home): each for each in wanted}
    kept = {
        name: count
        for name, count in held(look).items()
        if any(
            name_of(each, home) == f"Deployment/{name}" and not declares(each, REPLICAS)
            for each in look.applied
        )
    }
    changes: list[Change] = []
    for each in look.applied:
        key = key_of(each)
        if key in live:
            # A number that the chart does not name is the autoscaler's, or held for it.
            replicas = each["kind"] not in SCALED or declares(each, REPLICAS)
            changes += differences(
                live[key], each, last.get(key), declared=given.get(key), replicas=replicas, home=home
            )
            changes += [
                change
                for change in dropped(live[key], each, last.get(key), owns=owns, home=home)
                if change.path != "spec.replicas"
            ]
    missing = standing.missing if standing else ()
    return replace(
        plan,
        missing=missing,
        hands=tuple(each for each in changes if each.manager),
        changes=tuple(each for each in changes if not each.manager),
        created=tuple(
            name
            for each in wanted
            if (name := name_of(each, home)) not in missing and place_of(each, live, home) not in live
        ),
        removed=tuple(leaving(recorded, wanted, look.live, home)),
        short=standing.short if standing else (),
        kept=kept,
    )


def digest_of(chart: str, values: Mapping[str, object], state: ReleaseState | None, look: Look) -> str:
    """The digest of all that a plan is made from; an autoscaler's own steps do not count."""
    scaled = autoscaled(look)
    live = []
    for each in look.live:
        plain = bare(each)
        if name_of(each, look.home) in scaled:
            plain["spec"] = {name: value for name, value in plain["spec"].items() if name != "replicas"}
        live.append(plain)
    body = {
        "chart": chart,
        "values": values,
        "release": [state.revision, state.status] if state else [],
        "live": sorted(live, key=name_of),
        "autoscalers": sorted((bare(each) for each in look.autoscalers), key=name_of),
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def finished(plan: DeploymentPlan, notes: tuple[str, ...], digest: str) -> DeploymentPlan:
    """The plan with what is to be known beside it, and the digest of what it was made from."""
    return replace(plan, notes=notes, digest=digest)


def check_promise(plan: DeploymentPlan, promised: str) -> None:
    """Raise `Refused` unless this plan is the one that was promised."""
    if plan.digest != promised:
        raise moved(plan)


def moved(plan: DeploymentPlan) -> Refused:
    """The refusal of a plan that no longer holds."""
    return refused(
        "cluster-moved",
        f"{plan.environment} is no longer as it was when the plan was made",
        hint="`pipelinekit deploy --plan` shows what would be done now",
    )


# --- words ----------------------------------------------------------------------------------------


def sentence(plan: DeploymentPlan) -> str:
    """What a deployment would do, in one line."""
    where = f"{plan.environment} (namespace {plan.namespace})"
    if not plan.acts:
        return f"{plan.application} {plan.version} runs already in {where}"
    return f"would deploy {plan.application} {plan.version} to {where}"


def lines(plan: DeploymentPlan) -> Iterator[str]:
    """All of it, what hands have changed first."""
    for name in plan.missing:
        yield f"made again: {name}"
    for each in plan.hands:
        yield f"ours again: {field(each)} ({each.manager} had it)"
    for each in plan.changes:
        yield f"change: {field(each)}"
    for word, names in (("create", plan.created), ("remove", plan.removed)):
        for name in names:
            yield f"{word}: {name}"
    yield from (f"hook: {text}" for text in plan.hooks)
    for name, count in plan.kept.items():
        yield f"keep: Deployment/{name} spec.replicas: {count}, until its autoscaler says another number"
    for text in (*plan.short, *plan.notes):
        yield f"note: {text}"


def field(change: Change) -> str:
    """A field, what it is, and what it becomes; what the installed release declares where it is neither, and
    what the chart does where the cluster makes something else of that."""
    if not change.path:
        return f"{change.object}: {short(change.live)}"
    last = change.applied
    known = any(admitted.written_as(last, each) for each in (change.live, change.wanted))
    between = "" if known else f" (last applied: {short(last)})"
    live, wanted = apart(change.live, change.wanted)
    admission = f" (by admission: the chart declares {short(change.declared)})" if change.declared else ""
    return f"{change.object} {change.path}: {live}{between} → {wanted}{admission}"


def found(standing: Standing) -> Iterator[str]:
    """What hands have changed."""
    for name in standing.missing:
        yield f"{name} is gone"
    for name, finalizers in standing.ending.items():
        yield ending.words(name, finalizers)
    for each in standing.changes:
        if not each.path:
            yield f"{each.object} does not take what is declared: {short(each.live)}"
            continue
        who = f" ({each.manager})" if each.manager else ""
        live, wanted = apart(each.live, each.wanted)
        yield f"{each.object} {each.path} is {live}, declared {wanted}{who}"


def others(added: Sequence[Addition]) -> Iterator[str]:
    """What others have added."""
    for each in added:
        yield f"{each.object} {each.path} was added by {each.manager}"
