"""YAML's traps, one by one."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Fault, Place
from pipelinekit.reading.document.source import DOCUMENT, MAX_DEPTH, parse
from tests.unit.reading.document.source.texts import inside


def faults_of(text: str | bytes) -> list[tuple[str, str, str]]:
    """Code, place and path of each fault."""
    return [(each.code, str(each.place), each.path) for each in parse(text, "f").faults]


def only_fault(text: str | bytes) -> Fault:
    (fault,) = parse(text, "f").faults
    return fault


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: text", {"a": "text"}),
        ("a: 'quoted'", {"a": "quoted"}),
        ('a: "12:30"', {"a": "12:30"}),
        ('a: "no"', {"a": "no"}),
        ("a: '0123'", {"a": "0123"}),
        ("a: 12", {"a": 12}),
        ("a: -12", {"a": -12}),
        ("a: +12", {"a": 12}),
        ("a: 0", {"a": 0}),
        ("a: 1.5", {"a": 1.5}),
        ("a: 1.5e+3", {"a": 1500.0}),
        ("a: true", {"a": True}),
        ("a: False", {"a": False}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: null", {"a": None}),
        ("a: [1, b]", {"a": [1, "b"]}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("a: &x b\nc: *x", {"a": "b", "c": "b"}),
        ("---\na: b\n", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: nobody", {"a": "nobody"}),
        ("a: 1.2.3", {"a": "1.2.3"}),
        ("a: 99999999999999999999", {"a": "99999999999999999999"}),
        ('{"a": [true, null, 1, "x"]}', {"a": [True, None, 1, "x"]}),
    ],
)
def test_plain_documents(text: str, data: object) -> None:
    source = parse(text, "f")
    assert (source.data, source.faults) == (data, [])


@pytest.mark.parametrize(
    "word", ["y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"]
)
def test_the_booleans_of_old_are_ambiguous(word: str) -> None:
    fault = only_fault(f"a: {word}")
    assert (fault.code, str(fault.place), fault.path) == ("yaml-ambiguous", "f:1:1", "a")
    assert fault.hint == f'write "{word}" for text, or true or false'


@pytest.mark.parametrize(
    "word",
    [
        "0123",
        "-0123",
        "00",
        "0o17",
        "0x1F",
        "-0x1F",
        "+0x1F",
        "0b101",
        "-0b1",
        "12:30",
        "-1:30",
        "1:30:59",
        "12:30.5",
        "1_000",
        "-1_000",
        "1_000.5",
        "1e3",
        "2026-01-01",
        "2026-1-1 10:00:00",
        "2026-01-01T10:00:00Z",
        ".inf",
        "-.Inf",
        ".nan",
        ".NaN",
        "=",
    ],
)
def test_what_readers_of_yaml_take_differently_wants_quotes(word: str) -> None:
    fault = only_fault(f"a:\n  - {word}")
    assert (fault.code, str(fault.place), fault.path) == ("yaml-ambiguous", "f:2:5", "a[0]")
    assert word in fault.problem
    assert fault.hint == f'write "{word}" for text'


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\na: 2", [("duplicate-key", "f:2:1", "a")]),
        ("a:\n  b: 1\n  c: 2\n  b: 3", [("duplicate-key", "f:4:3", "a.b")]),
        ("'a': 1\na: 2\n\"a\": 3", [("duplicate-key", "f:2:1", "a"), ("duplicate-key", "f:3:1", "a")]),
        ("{a: 1, a: 2}", [("duplicate-key", "f:1:8", "a")]),
        ("? [a]\n: b", [("yaml-key", "f:1:3", "")]),
        ('a: {"": b}', [("yaml-key", "f:1:5", "a.")]),
        ("x: &x {a: 1}\ny:\n  <<: *x", [("yaml-merge", "f:3:3", "y")]),
        ("a: !secret b", [("yaml-tag", "f:1:1", "a")]),
        ("a: !secret\n  b: c", [("yaml-tag", "f:1:1", "a")]),
        ("a: !secret [b]", [("yaml-tag", "f:1:1", "a")]),
        ("!root\na: b", [("yaml-tag", "f:1:1", "")]),
        ("a: !!binary aGk=", [("yaml-tag", "f:1:1", "a")]),
        ("a: !!set {b}", [("yaml-tag", "f:1:1", "a")]),
        ("a: !!python/name:os.system x", [("yaml-tag", "f:1:1", "a")]),
        ("!key a: b", [("yaml-tag", "f:1:1", "a")]),
        ("", [("document-empty", "f:1:1", "")]),
        ("# nothing\n", [("document-empty", "f:1:1", "")]),
        ("null", [("document-empty", "f:1:1", "")]),
        ("~", [("document-empty", "f:1:1", "")]),
        ("---\n", [("document-empty", "f:1:1", "")]),
        ("a: 1\n---\nb: 2", [("yaml-syntax", "f:2:1", "")]),
        ("a:\n\tb: 1", [("yaml-syntax", "f:2:1", "")]),
        ("a: b: c", [("yaml-syntax", "f:1:5", "")]),
        ("a: [1, 2", [("yaml-syntax", "f:1:9", "")]),
        ("a: *nobody", [("yaml-syntax", "f:1:4", "")]),
        ("a: &x [*x]", [("yaml-too-deep", "f:1:4", "a[0]")]),
        ("a: b\x00", [("yaml-syntax", "f:1:5", "")]),
        ("a:\n  b: é\x07", [("yaml-syntax", "f:2:7", "")]),
        ("\ufeffa: b", [("byte-order-mark", "f:1:1", "")]),
        (b"\xef\xbb\xbfa: b", [("byte-order-mark", "f:1:1", "")]),
        (b"a: b\nc: \xff", [("not-utf-8", "f:2:4", "")]),
        ("a: b".encode("utf-16"), [("not-utf-8", "f:1:1", "")]),
        ("a: \U0001f600\nb: !x c".encode(), [("yaml-tag", "f:2:1", "b")]),
    ],
)
def test_each_trap_is_named_with_its_place(text: str | bytes, faults: list[tuple[str, str, str]]) -> None:
    assert faults_of(text) == faults


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\tb: 1", "spaces"),
        ("a: @b", "needs quotes"),
        ("a: %b", "needs quotes"),
        ("a: b: c", "contains ': ' needs quotes"),
        ("a: 1\n---\nb: 2", "one document a file"),
        (b"\xff", "UTF-8"),
        ("a: 1\na: 2", "keep one"),
    ],
)
def test_common_mistakes_come_with_the_way_out(text: str | bytes, hint: str) -> None:
    assert hint in only_fault(text).hint


def test_several_faults_come_at_once() -> None:
    assert faults_of("a: no\nb: 0123\na: 1\nc: !x z") == [
        ("yaml-ambiguous", "f:1:1", "a"),
        ("yaml-ambiguous", "f:2:1", "b"),
        ("duplicate-key", "f:3:1", "a"),
        ("yaml-tag", "f:4:1", "c"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
        "[" * 60 + "]" * 60,
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a:\n" + "".join(f"{' ' * n}b:\n" for n in range(1, 200)),
        "[" + "x, " * 30_000 + "]",
    ],
    ids=[
        "aliases",
        "flow",
        "open lists",
        "open mappings",
        "indented lists",
        "keys",
        "indented mappings",
        "many",
    ],
)
def test_what_explodes_or_never_ends_is_one_fault(text: str) -> None:
    fault = only_fault(text)
    assert fault.code in {"yaml-too-deep", "yaml-syntax"}
    assert inside(fault.place, text)


def test_the_limits_are_where_they_are_said_to_be() -> None:
    assert faults_of("#" * DOCUMENT.characters) == [("document-empty", "f:1:1", "")]
    deepest = MAX_DEPTH + 1
    assert faults_of("[" * deepest + "]" * deepest) == []
    assert only_fault("[" * (deepest + 1) + "]" * (deepest + 1)).code == "yaml-too-deep"
    # The list itself is a value as well.
    assert faults_of("[" + "x, " * (DOCUMENT.values - 1) + "]") == []
    assert only_fault("[" + "x, " * DOCUMENT.values + "]").code == "yaml-too-deep"


def test_what_is_too_large_is_not_even_looked_at() -> None:
    assert only_fault("#" * (DOCUMENT.characters + 1)).code == "document-too-large"


def test_the_markers_of_a_merge_are_called_so() -> None:
    source = parse("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> other\n", "f")
    (fault,) = source.faults
    assert (fault.code, fault.place) == ("conflict-markers", Place("f", 2, 1))
