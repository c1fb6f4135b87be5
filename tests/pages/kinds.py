"""What a key's value is, in words: its kind, its bounds, and what its pattern means."""

from __future__ import annotations

from pipelinekit.reading.schema import Schema


def resolved(root: Schema, schema: Schema) -> Schema:
    """The schema itself, where this only names another."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = root["$defs"][name] if name else schema
    return found


def kind(root: Schema, schema: Schema) -> str:
    """The words."""
    here = resolved(root, schema)
    if "const" in here:
        return f"always `{here['const']}`"
    if "enum" in here:
        return f"one of {', '.join(f'`{each}`' for each in here['enum'])}"
    types = here["type"] if isinstance(here["type"], list) else [here["type"]]
    return "; or ".join(_WORDS[each](root, here) for each in types)


def _text(_: Schema, here: Schema) -> str:
    rule = here.get("patternErrorMessage", "")
    bound = "" if here["maxLength"] == 1000 else f"; at most {here['maxLength']} characters"
    return f"text{': ' if rule else ''}{rule}{bound}"


def _whole(_: Schema, here: Schema) -> str:
    return f"a whole number, {here['minimum']} to {here['maximum']}"


def _list(root: Schema, here: Schema) -> str:
    least = f", at least {here['minItems']}" if "minItems" in here else ""
    most = "" if here["maxItems"] == 200 else f", at most {here['maxItems']}"
    twice = ", none twice" if here.get("uniqueItems") else ""
    return f"a list{least}{most}{twice}; each {kind(root, here['items'])}"


def _mapping(root: Schema, here: Schema) -> str:
    values = here["additionalProperties"]
    if not values:
        return "one of the keys below" if here.get("maxProperties") == 1 else "a mapping of the keys below"
    name = here["propertyNames"].get("patternErrorMessage", "text")
    return f"a mapping; NAME is {name}; each value {kind(root, values)}"


_WORDS = {
    "string": _text,
    "integer": _whole,
    "number": lambda _, __: "a number",
    "boolean": lambda _, __: "true or false",
    "array": _list,
    "object": _mapping,
}
