"""The plan of a deployment: what it would change in which object, in words, and whether it still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from pipelinekit.errors import Refused, refused
from pipelinekit.model.deployment import Addition, Change, DeploymentPlan, Look, Object, Standing
from pipelinekit.model.release import ReleaseState
from pipelinekit.plan import quantities
from pipelinekit.plan.deploying import ending
from pipelinekit.plan.deploying.deployment import (
    REPLICAS,
    SCALED,
    autoscaled,
    bare,
    declares,
    differences,
    dropped,
    held,
    leaving,
)
from pipelinekit.plan.deploying.fields import key_of, name_of, place_of

LONGEST = 60
"""Characters of a value that are shown."""


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
            changes += differences(live[key], each, last.get(key), replicas=replicas, home=home)
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
    """A field, what it is, and what it becomes; what the installed release declares where it is neither."""
    if not change.path:
        return f"{change.object}: {_short(change.live)}"
    last = change.applied
    known = any(_written_as(last, each) for each in (change.live, change.wanted))
    between = "" if known else f" (last applied: {_short(last)})"
    live, wanted = _apart(change.live, change.wanted)
    return f"{change.object} {change.path}: {live}{between} → {wanted}"


def found(standing: Standing) -> Iterator[str]:
    """What hands have changed."""
    for name in standing.missing:
        yield f"{name} is gone"
    for name, finalizers in standing.ending.items():
        yield ending.words(name, finalizers)
    for each in standing.changes:
        if not each.path:
            yield f"{each.object} does not take what is declared: {_short(each.live)}"
            continue
        who = f" ({each.manager})" if each.manager else ""
        live, wanted = _apart(each.live, each.wanted)
        yield f"{each.object} {each.path} is {live}, declared {wanted}{who}"


def others(added: Sequence[Addition]) -> Iterator[str]:
    """What others have added."""
    for each in added:
        yield f"{each.object} {each.path} was added by {each.manager}"


def _written_as(given: object, kept: object) -> bool:
    """Whether a server that was given the one has the other: with defaults, and 1 for 1000m."""
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        return all(name in kept and _written_as(each, kept[name]) for name, each in given.items())
    if isinstance(given, list) and isinstance(kept, list):
        return len(given) == len(kept) and all(map(_written_as, given, kept))
    count = quantities.read(given)
    return given == kept or (count is not None and count == quantities.read(kept))


def _apart(live: object, wanted: object) -> tuple[str, str]:
    """Both values, short; of long texts the lines, or the part, in which they are apart."""
    if not (isinstance(live, str) and isinstance(wanted, str) and max(len(live), len(wanted)) > LONGEST):
        return _short(live), _short(wanted)
    old, new = live.splitlines(), wanted.splitlines()
    gone, come = _lacking(old, new), _lacking(new, old)
    if (len(old) > 1 or len(new) > 1) and (gone or come):
        return gone or "nothing", come or "nothing"
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(live, wanted, strict=False)))
    same = max(alike - LONGEST // 3, 0)
    before = "…" if same else ""
    return _short(before + live[same:]), _short(before + wanted[same:])


def _lacking(lines: Sequence[str], others: Sequence[str]) -> str:
    known = frozenset(others)
    found = "; ".join(each.strip() for each in lines if each not in known)
    return _short(found) if found else ""


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    text = "; ".join(each.strip() for each in text.splitlines())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
