"""docs/app.md and docs/platform.md: every key of a schema, with an example that the reader takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from pipelinekit.reading.app import read_app
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.reading.schema import APP, PLATFORM, Schema
from tests.pages.kinds import kind, resolved
from tests.pages.markdown import cell, prose, table

HERE = Path(__file__).resolve().parent
LONG = 70
"""What is longer is shown by its parts."""

HEAD = """\
Made from the schema by
`python -m tests.derived`; a test compares. An editor that reads [the schema](schemas/{name}.schema.json)
completes all of this. NAME is a name of your choice, [] an item of a list; **bold** keys are required where
what they are in is given. Where nothing else is said, a text has at most 1000 characters, a list or a mapping
at most 200 entries."""

ABOUT = {
    "kind": "what the document describes",
    "metadata": "whose it is",
    "build": "how the image is built",
    "around.*": "around this stage",
    "resources": "what it may use",
    "expose": "reachable from outside of the cluster",
    "autoscale": "how many run, by load; above `replicas`",
    "images": "where images are",
    "signing": "what is pushed is signed",
    "charts": "where charts are",
    "jenkins": "the controller that runs the pipelines",
    "agent": "where builds run: one of the two",
    "kubernetes": "in a pod of its own",
    "retention": "what `registry prune` keeps",
    "users": "accounts beside the teams' own",
    "ledger": "where it is written what releases went through",
    "approvals": "who must have agreed",
}
"""What a mapping is, where the schema leaves it to the keys in it."""


def app_page() -> str:
    """docs/app.md."""
    return _page("app", APP, "What one application is: `app.yaml`, in its folder.")


def platform_page() -> str:
    """docs/platform.md."""
    about = "What all applications share: `platform.yaml`, in a repository of its own."
    return _page("platform", PLATFORM, about)


def examples(name: str) -> list[Any]:
    """The documents that examples are taken from; each is one that its reader takes."""
    documents = _texts(name)
    for text in documents:
        if name == "app":
            read_app(text)
        else:
            read_platform(text)
    return [yaml.safe_load(text) for text in documents]


def _texts(name: str) -> list[str]:
    text = (HERE / f"{name}.examples.yaml").read_text(encoding="utf-8")
    return text.partition("\n")[2].split("\n---\n")


def _page(name: str, schema: Schema, about: str) -> str:
    found = examples(name)
    keys = schema["properties"]
    parts = [
        f"# Every key of `{name}.yaml`",
        f"{about} {HEAD.format(name=name)}",
        f"```yaml\n{_texts(name)[0].rstrip()}\n```",
        "\n".join(f"- [{key}](#{key.lower()})" for key in keys),
    ]
    for key in keys:
        rows = _rows(schema, keys[key], key, found, needed=key in schema["required"])
        parts += [f"## {key}", table(("key", "what it is", "kind", "example"), rows)]
    return "\n\n".join(parts) + "\n"


def _rows(
    root: Schema, schema: Schema, path: str, documents: list[Any], *, needed: bool
) -> Iterator[tuple[str, ...]]:
    here = resolved(root, schema)
    shown = f"**`{path}`**" if needed else f"`{path}`"
    about, example = _about(here, path), _example(path, documents)
    given = f"`{cell(example)}`" if example else "below"
    yield shown, prose(about), prose(kind(root, here)), given
    yield from _below(root, here, path, documents)


def _below(root: Schema, here: Schema, path: str, documents: list[Any]) -> Iterator[tuple[str, ...]]:
    values, items = here.get("additionalProperties"), here.get("items")
    if isinstance(values, dict):
        yield from _below(root, values, f"{path}.NAME", documents)
    if items:
        yield from _below(root, items, f"{path}[]", documents)
    shared = [name for name, each in here.get("properties", {}).items() if "$ref" in each]
    if shared and path != "run":
        yield f"`{path}.…`", "all that `run` has", "as in [run](#run)", f"`{shared[0]}`, `{shared[1]}` …"
    for name, each in here.get("properties", {}).items():
        if path == "run" or name not in shared:
            inner = f"{path}.{name}"
            yield from _rows(root, each, inner, documents, needed=name in here.get("required", ()))


def _about(schema: Schema, path: str) -> str:
    above, _, last = path.rpartition(".")
    about = schema.get("description") or ABOUT.get(f"{above.rpartition('.')[2]}.*") or ABOUT.get(last)
    assert about, f"{path}: no description in the schema, and none in tests/pages/keys.py"
    return str(about)


def _example(path: str, documents: list[Any]) -> str:
    """A value from the examples, or nothing where it is shown by its parts."""
    found = [
        value for document in documents for value in _values(document, path.replace("[]", ".[]").split("."))
    ]
    assert found, f"{path}: no example in tests/pages/*.examples.yaml"
    text = _flow(found[0])
    return "" if len(text) > LONG and isinstance(found[0], (dict, list)) else text


def _values(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif steps[0] == "[]":
        yield from (found for each in _of(value, list) for found in _values(each, steps[1:]))
    elif steps[0] == "NAME":
        yield from (found for each in _of(value, dict).values() for found in _values(each, steps[1:]))
    elif isinstance(value, dict) and steps[0] in value:
        yield from _values(value[steps[0]], steps[1:])


def _of(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else kind()


def _flow(value: Any) -> str:
    """A value as one writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    plain = not set(value) & set(" {}[]#,*\n\"'") and yaml.safe_load(f"[{value}]") == [value]
    return value if plain else json.dumps(value, ensure_ascii=False)
