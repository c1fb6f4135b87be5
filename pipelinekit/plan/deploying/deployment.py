"""Live against last applied against wanted: what differs, per object and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.deployment import SECRET, Addition, Change, Look, Object, Standing
from pipelinekit.plan.deploying import admitted, ending, fields, paused, shortage
from pipelinekit.plan.deploying.fields import Path, key_of, name_of, passes, place_of
from pipelinekit.plan.deploying.scaling import REPLICAS, autoscaled

SCALED = frozenset(("Deployment", "StatefulSet", "ReplicaSet"))

SOMEBODY = "somebody"
"""The manager of a field that was ours, and now is nobody's."""

_SERVERS = frozenset(
    ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink", "namespace")
)
ANCHOR = "pipelinekit.dev/ledger"
"""The annotation that remembers a head of the ledger: part of no plan, and nobody's change."""
_NOTES = (
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "autoscaling.alpha.kubernetes.io/conditions",
    "autoscaling.alpha.kubernetes.io/current-metrics",
    "kubectl.kubernetes.io/last-applied-configuration",
    ANCHOR,
)
_HELMS = "meta.helm.sh/"
_MARK = "app.kubernetes.io/managed-by"
"""A label that Helm gives every object, whether its chart says so or not."""
_KEEP = ("helm.sh/resource-policy", "keep")


def standing(look: Look, recorded: Sequence[Object], home: str = "") -> Standing:
    """How what is there stands against the manifest that was looked at; `recorded` is the manifest itself.

    `home` is the namespace of its release.
    """
    live = {key_of(each): each for each in look.live}
    mine = {place_of(each, live, home): each for each in recorded}
    scaled = autoscaled(look)
    changes = [
        change
        for each in look.applied
        if (key := key_of(each)) in live
        for change in differences(
            live[key],
            each,
            mine.get(key),
            replicas=name_of(each, look.home) not in scaled,
            home=look.home,
        )
    ]
    return Standing(
        missing=tuple(
            name_of(each, look.home) for each in look.applied if key_of(each) not in live and not passes(each)
        ),
        changes=tuple(each for each in changes if not admitted.is_admissions(each)),
        admitted=tuple(filter(admitted.is_admissions, changes)),
        added=tuple(
            addition
            for each in look.applied
            if (key := key_of(each)) in live
            for addition in additions(live[key], each, look.home)
        ),
        short=tuple(shortage.short(look, scaled)),
        ending=ending.of(look),
        paused=paused.of(look),
    )


# --- fields ---------------------------------------------------------------------------------------


def differences(
    live: Object,
    wanted: Object,
    applied: Object | None,
    *,
    declared: Object | None = None,
    replicas: bool = True,
    home: str = "",
) -> Iterator[Change]:
    """The fields in which `live` is not as `wanted`, in order; without `replicas` their number is left out.

    `applied` is the object of the installed release, as its manifest has it; `home` that release's namespace.
    `declared` is what the server was given, where that is another one.
    """
    lists = fields.keyed(live, wanted)
    managers, ours = fields.owners(live), fields.owners(live, ours=True)
    name = name_of(wanted, home)
    for path, was, becomes in _differing(bare(live), bare(wanted), (), lists):
        if path == REPLICAS and not replicas:
            continue
        last = fields.value_at(path, _kept(applied))
        given = fields.value_at(path, declared)
        manager = fields.owner_of(path, managers)
        if not manager and last is not None and not fields.owner_of(path, ours):
            # Nobody owns what was set to the value that means "left out", as zero pods do.
            manager = SOMEBODY
        if wanted["kind"] == "Secret" and path[0] in {"f:data", "f:stringData"}:
            was, becomes, last, given = _hidden(was), _hidden(becomes), _hidden(last), None
        yield Change(
            object=name,
            path=fields.shown(path),
            live=was,
            applied=last,
            wanted=becomes,
            manager=manager,
            declared=None if given is None or admitted.written_as(given, becomes) else given,
        )


def dropped(
    live: Object, wanted: Object, applied: Object | None, *, owns: bool = True, home: str = ""
) -> Iterator[Change]:
    """The fields that an older Helm has set, that the chart no longer declares, and that go with it.

    Without `owns` it is that Helm again, with which what `stringData` has said stays.
    """
    declared = _declared(wanted)
    managers = fields.owners(live)
    last = _kept(applied) if owns else applied
    told: set[Path] = set()
    for entry in fields.entries(live):
        if (entry.get("manager"), entry.get("operation")) != ("helm", "Update") or entry.get("subresource"):
            continue
        for path in sorted(fields.owned(entry) - declared):
            was = fields.value_at(path, live)
            # Of an item that goes as a whole no parts are told.
            if any(path[: len(each)] == each for each in told):
                continue
            if fields.value_at(path, last) is not None and was is not None:
                told.add(path)
                yield Change(
                    object=name_of(live, home),
                    path=fields.shown(path),
                    live=SECRET if live["kind"] == "Secret" else was,
                    applied=SECRET if live["kind"] == "Secret" else fields.value_at(path, last),
                    manager=fields.owner_of(path, managers),
                )


def additions(live: Object, wanted: Object, home: str = "") -> Iterator[Addition]:
    """What others have added: fields that they own, that are there, and that the chart does not declare."""
    declared = _declared(wanted)
    told: set[Path] = set()
    for entry in fields.entries(live):
        if entry.get("manager") in {*fields.OURS, fields.NOBODY} or entry.get("subresource"):
            continue
        for path in sorted(fields.owned(entry), key=lambda each: (len(each), each)):
            if path in declared or any(path[: len(each)] == each for each in told) or not path:
                continue
            if fields.value_at(path, bare(live)) is None or fields.value_at(path, bare(wanted)) is None:
                continue
            told.add(path)
            yield Addition(
                object=name_of(live, home), path=fields.shown(path), manager=str(entry.get("manager", ""))
            )


def declares(wanted: Object, path: Path) -> bool:
    """Whether a chart declares that field, by the server's answer to its application."""
    return path in _declared(wanted)


def _kept(applied: Object | None) -> Object | None:
    """An object as the server keeps it: of a Secret it has no `stringData`, whose values are data."""
    if not applied or applied["kind"] != "Secret" or not applied.get("stringData"):
        return applied
    return {**applied, "data": {**(applied.get("data") or {}), **applied["stringData"]}}


def _declared(wanted: Object) -> frozenset[Path]:
    """What the chart declares, as the server has understood it."""
    texts = wanted["kind"] == "Secret"
    return frozenset(
        ("f:data", *path[1:]) if texts and path[0] == "f:stringData" else path
        for entry in fields.entries(wanted)
        if (entry.get("manager"), entry.get("operation")) == ("helm", "Apply")
        for path in fields.owned(entry)
    )


def bare(each: Object) -> dict[str, Any]:
    """An object without what the server, Helm and controllers write into every one."""
    metadata = {name: value for name, value in each["metadata"].items() if name not in _SERVERS}
    notes = {
        name: value
        for name, value in (metadata.pop("annotations", None) or {}).items()
        if name not in _NOTES and not name.startswith(_HELMS)
    }
    if notes:
        metadata["annotations"] = notes
    labels = {name: value for name, value in (metadata.pop("labels", None) or {}).items() if name != _MARK}
    if labels:
        metadata["labels"] = labels
    rest = {name: value for name, value in each.items() if name not in {"status", "metadata"}}
    return {**rest, "metadata": metadata}


def _differing(
    live: object, wanted: object, path: Path, lists: Mapping[Path, tuple[str, ...]]
) -> Iterator[tuple[Path, object, object]]:
    if live == wanted:
        return
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        for name in sorted(live.keys() | wanted.keys()):
            yield from _differing(live.get(name), wanted.get(name), (*path, f"f:{name}"), lists)
        return
    keys = fields.keys_at(path, lists)
    if keys and isinstance(live, list | None) and isinstance(wanted, list | None):
        there = {fields.item(each, keys): each for each in wanted or ()}
        here: dict[str, Any] = {}
        for each in live or ():
            step = fields.item(each, keys)
            # Of two the last counts, and what is told is the one that is not as declared.
            if step not in here or each != there.get(step):
                here[step] = each
        for step in (*here, *(each for each in there if each not in here)):
            one, other = here.get(step), there.get(step)
            if path[-1] == "f:env":
                one, other = _without_secrets(one, other)
            yield from _differing(one, other, (*path, step), lists)
        return
    yield path, live, wanted


def _without_secrets(one: Any, other: Any) -> tuple[Any, Any]:
    """A variable that comes from a secret on one side may have its value on the other."""
    if not any(each and "valueFrom" in each for each in (one, other)):
        return one, other
    hidden = [{**each, "value": SECRET} if each and "value" in each else each for each in (one, other)]
    return hidden[0], hidden[1]


def _hidden(value: object) -> object:
    if isinstance(value, Mapping):
        return dict.fromkeys(value, SECRET)
    return None if value is None else SECRET


# --- objects --------------------------------------------------------------------------------------


def leaving(
    recorded: Iterable[Object], wanted: Iterable[Object], live: Iterable[Object], home: str = ""
) -> Iterator[str]:
    """The objects that the installed release has, the chart no longer, and that are still there.

    Whether Helm keeps one is read where it is, as Helm does: a hand may have said it.
    """
    there = {key_of(each): each for each in live}
    stays = {place_of(each, there, home) for each in wanted}
    for each in recorded:
        key = place_of(each, there, home)
        if key not in there or key in stays:
            continue
        notes = there[key]["metadata"].get("annotations") or {}
        if notes.get(_KEEP[0]) != _KEEP[1]:
            yield name_of(there[key], home)
