"""CustomResourceDefinitions: what a component brings, what may change of it, and what fits into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.counts import counted

Object = Mapping[str, Any]

KIND = "CustomResourceDefinition"
KEEP = {"helm.sh/resource-policy": "keep"}
"""Set on each definition: a release that had it among its templates must not delete it when it lets go."""


def split(objects: Sequence[Object]) -> tuple[tuple[Object, ...], tuple[Object, ...]]:
    """The definitions among objects, marked to be kept, and the rest."""
    mine = [each for each in objects if each["kind"] == KIND]
    rest = tuple(each for each in objects if each["kind"] != KIND)
    # A definition may be in `crds/` and among the templates: the later one is what a release would have.
    named = {str(each["metadata"]["name"]): _kept(each) for each in mine}
    return tuple(named.values()), rest


def _kept(each: Object) -> Object:
    metadata = each["metadata"]
    notes = {**(metadata.get("annotations") or {}), **KEEP}
    # Hooks are Helm's: a definition that was one is none in a phase of its own.
    notes = {name: value for name, value in notes.items() if not name.startswith("helm.sh/hook")}
    return {**each, "metadata": {**metadata, "annotations": notes}}


def is_kept(each: Object) -> bool:
    """Whether Helm leaves an object where it is when its release lets go of it."""
    return KEEP.items() <= (each["metadata"].get("annotations") or {}).items()


def differs(wanted: Object, live: Object | None) -> bool:
    """Whether applying a definition could change something: its spec says more, or other things."""
    if live is None or not is_kept(live):
        return True
    return not _within(wanted["spec"], live["spec"])


def _within(wanted: Any, live: Any) -> bool:
    """Whether all that is wanted is there; what the server has filled in beside it counts not."""
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(
            key in live and _within(each, live[key]) for key, each in wanted.items() if each is not None
        )
    if isinstance(wanted, list):
        return (
            isinstance(live, list)
            and len(wanted) == len(live)
            and all(_within(one, other) for one, other in zip(wanted, live, strict=True))
        )
    return bool(wanted == live)


def forgotten(wanted: Object, live: Object | None) -> tuple[str, ...]:
    """The versions in which objects are still stored, and that the new definition no longer has."""
    if live is None:
        return ()
    stored = (live.get("status") or {}).get("storedVersions") or ()
    kept = {each["name"] for each in wanted["spec"].get("versions") or ()}
    return tuple(each for each in stored if each not in kept)


def refusal(wanted: Object, live: Object | None) -> str:
    """Why a definition must not take the place of the one that is there, or empty."""
    name, gone = wanted["metadata"]["name"], forgotten(wanted, live)
    if gone:
        return (
            f"{name}: objects are still stored as {', '.join(gone)}, which the new definition no longer has; "
            "migrate them, and take the version out of status.storedVersions first"
        )
    if live is not None and wanted["spec"].get("scope") != live["spec"].get("scope"):
        return f"{name}: the scope cannot be changed from {live['spec'].get('scope')}"
    return ""


# --- objects of kinds that come with the same plan ------------------------------------------------

Kinds = Mapping[tuple[str, str], Object]
"""By apiVersion and kind: the schema of a version of a definition, empty for one without."""


def kinds_of(definitions: Sequence[Object]) -> dict[tuple[str, str], Object]:
    """Every kind that definitions make known, version by version."""
    found: dict[tuple[str, str], Object] = {}
    for each in definitions:
        spec = each["spec"]
        for version in spec.get("versions") or ():
            if version.get("served"):
                schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
                found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def own_group(kinds: Kinds, api_version: str) -> bool:
    """Whether definitions speak of that group."""
    group = api_version.partition("/")[0]
    return any(known.partition("/")[0] == group for known, _ in kinds)


def misfits(objects: Sequence[Object], kinds: Kinds) -> Iterator[str]:
    """What of objects does not fit into the kinds that definitions make known, in words."""
    for each in objects:
        name = f"{each['kind']}/{each['metadata']['name']}"
        schema = kinds.get((str(each.get("apiVersion")), each["kind"]))
        if schema is not None:
            for path, problem in _faults(each, schema, ""):
                yield f"{name}: {path or 'it'} {problem}"
        elif own_group(kinds, str(each.get("apiVersion"))):
            yield f"{name}: no definition serves a kind {each['kind']} of {each.get('apiVersion')}"


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def _faults(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Where a value does not fit a structural schema: types, fields, enumerations, bounds."""
    if value is None:
        if not schema.get("nullable"):
            yield path, "has no value"
        return
    kind = schema.get("type", "")
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, int | str) or isinstance(value, bool):
            yield path, "is neither a whole number nor a text"
        return
    if kind in _TYPES and not _is(value, kind):
        yield path, f"is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, f"is none of {', '.join(map(str, schema['enum']))}"
    yield from _bounds(value, schema, path)
    if isinstance(value, Mapping):
        yield from _fields(value, schema, path)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _faults(each, schema.get("items") or {}, f"{path}[{number}]")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _fields(value: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    known, more = schema.get("properties") or {}, schema.get("additionalProperties")
    for key in schema.get("required") or ():
        if key not in value:
            yield path, f"lacks {key}"
    for key, each in value.items():
        at = f"{path}.{key}".lstrip(".")
        if key in known:
            yield from _faults(each, known[key], at)
        elif isinstance(more, Mapping):
            yield from _faults(each, more, at)
        elif path == "" and key in ("apiVersion", "kind", "metadata"):
            continue
        elif known and not more and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield at, "is a field that the definition does not know"


def _bounds(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            yield path, f"is less than {schema['minimum']}"
        if "maximum" in schema and value > schema["maximum"]:
            yield path, f"is more than {schema['maximum']}"
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        yield path, f"is longer than {counted(schema['maxLength'], 'character')}"
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        yield path, f"has fewer than {counted(schema['minItems'], 'entry')}"
