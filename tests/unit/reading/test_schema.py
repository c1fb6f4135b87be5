from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipelinekit.reading.schema import SCHEMAS, Schema


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every schema inside a schema, with its path."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for name, each in schema.get("properties", {}).items():
        yield from parts(each, f"{path}.{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        yield from parts(schema.get(keyword), f"{path}<{keyword}>")
    for name, each in schema.get("$defs", {}).items():
        yield from parts(each, f"{path}<{name}>")


PARTS = [(kind + path, each) for kind, schema in SCHEMAS.items() for path, each in parts(schema)]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schemas_are_schemas(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


def test_every_mapping_is_closed_or_says_what_its_keys_and_values_are() -> None:
    loose = [
        path
        for path, each in PARTS
        if each.get("type") == "object"
        and each.get("additionalProperties") is not False
        and not ("propertyNames" in each and isinstance(each.get("additionalProperties"), dict))
    ]
    assert loose == []


def test_everything_has_an_end() -> None:
    limits = {"string": "maxLength", "array": "maxItems", "integer": "maximum"}
    endless = [
        path for path, each in PARTS if each.get("type") in limits and limits[each["type"]] not in each
    ]
    assert endless == []


def test_every_pattern_is_anchored_compiles_and_has_words_for_its_refusal() -> None:
    for path, each in PARTS:
        if "pattern" in each:
            assert each["pattern"].startswith("^"), path
            assert each["pattern"].endswith("$"), path
            re.compile(each["pattern"])
            assert each["patternErrorMessage"], path


def test_every_field_is_described_to_editors() -> None:
    bare = [
        f"{path}.{name}"
        for path, each in PARTS
        for name, field in each.get("properties", {}).items()
        if not field.get("description")
        and field.get("type") != "object"
        and not {"const", "$ref"} & field.keys()
    ]
    assert bare == []


def field(kind: str, *names: str) -> Schema:
    found: Any = SCHEMAS[kind]
    for name in names:
        found = (
            found["properties"][name] if name != "*" else found.get("items") or found["additionalProperties"]
        )
        if "$ref" in found:
            found = SCHEMAS[kind]["$defs"][found["$ref"].removeprefix("#/$defs/")]
    return dict(found)


def accepts(schema: Schema, text: str) -> bool:
    return re.search(re.sub(r"\$\Z", r"\\Z", schema["pattern"]), text) is not None


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("Application", "build", "dependencies", "*"),
            ["a", "a/b.txt", ".x", "a..b", "a@1+2"],
            ["/a", "..", "../a", "a/..", "a/../b", "a b", "$(id)", "a\n", ""],
        ),
        (("Application", "run", "health"), ["/", "/a?b=c&d", "/%20"], ["", "a", "/a b", "/é", "/\n", '/"']),
        (
            ("Application", "run", "resources", "cpu"),
            ["1", "250m", "0.5"],
            ["", "m", "1.2345", "-1", "1 ", "1G"],
        ),
        (("Application", "run", "resources", "memory"), ["64Mi", "1G", "1000"], ["", "Mi", "1.5Gi", "64MiB"]),
        (
            ("Application", "run", "secrets", "*"),
            ["vault:a/{env}/b#k", "secret:a-b#k"],
            ["vault:a", "secret:#k", "plain", "secret:A#k", "vault:a#", "other:a#b", "vault:a b#k"],
        ),
        (
            ("Application", "run", "expose", "host"),
            ["a", "a.b", "A-1.example.com"],
            ["", "a:80", "a/b", "http://a", "-a", "a b"],
        ),
        (
            ("Application", "processes", "*", "schedule"),
            ["0 3 * * *", "*/5 1-3 1,2 * MON", "@daily"],
            ["", "* * * *", "* * * * * *", "@reboot", "0 3 * * *\n"],
        ),
        (("Application", "calls", "*"), ["a", "a/b", "a-1"], ["", "/a", "a/", "a/b/c", "A"]),
        (("Application", "build", "version"), ["3.11", "stable-alpine"], ["", ".1", "3:1", "3 1", "3@x"]),
        (
            ("Platform", "images", "registry"),
            ["a", "a:5000", "10.0.0.1:5000/x/y", "A.b"],
            ["", "http://a", "a:", "a/", "a/X", "a b", "-a"],
        ),
        (("Platform", "charts", "repository"), ["oci://a/b", "https://a/b/"], ["a", "ftp://a", "oci://a b"]),
        (
            ("Platform", "ledger", "repository"),
            ["https://a/b.git", "ssh://g@a/b", "g@a:b", "/srv/x", "./x"],
            ["", "a b", "--upload-pack=x", "https://a b"],
        ),
        (
            ("Platform", "environments", "*", "soak"),
            ["0s", "90m", "1h", "2d"],
            ["", "1", "h", "1w", "-1h", "1.5h"],
        ),
        (
            ("Platform", "environments", "*", "namespace"),
            ["{team}", "a-{name}"],
            ["", "A", "-a", "a_b", "1a"],
        ),
        (("Platform", "clusters", "*", "credentials"), ["kube", "a.b_c-1"], ["", "-a", "a b", "a/b", "$a"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field(*path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []
