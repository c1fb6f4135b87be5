from __future__ import annotations

import pytest

from pipelinekit.errors import Fault, Place
from pipelinekit.names import LABEL_RULE
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import parse


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (3, "3"),
        ("x" * 58, "'" + "x" * 58 + "'"),
        ("x" * 100, "'" + "x" * 39 + "… (102 characters)"),
    ],
)
def test_values_are_shown_in_one_short_line(value: object, text: str) -> None:
    assert faults.shown(value) == text


@pytest.mark.parametrize("value", ["a\nb" * 50, "\u2028" * 100, ["a\n"] * 100])
def test_no_value_breaks_the_line(value: object) -> None:
    assert len(faults.shown(value).splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"a": {"b": 1}}, {"b": 1}),
        ({"a": [1]}, {}),
        ({"a": None}, {}),
        ({}, {}),
        ([], {}),
        (None, {}),
        ("a", {}),
    ],
)
def test_what_is_no_mapping_counts_as_an_empty_one(data: object, found: object) -> None:
    assert faults.mapping(data, "a") == found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"a": [{"b": 1}, 3, {"c": 2}]}, [{"b": 1}, {}, {"c": 2}]),
        ({"a": {}}, []),
        ({"a": None}, []),
        ({}, []),
        (None, []),
    ],
)
def test_a_list_of_mappings_keeps_its_indices(data: object, found: object) -> None:
    assert faults.items(data, "a") == found


def test_faults_are_in_the_order_of_their_places_and_those_without_one_come_first() -> None:
    places = [Place("f", 3, 1), Place("f", 2, 9), None, Place("f", 2, 1), Place("f")]
    ordered = sorted((Fault("c", "p", each) for each in places), key=faults.position)
    assert [each.place for each in ordered] == [
        None,
        Place("f"),
        Place("f", 2, 1),
        Place("f", 2, 9),
        Place("f", 3, 1),
    ]


HEAD = "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: a, team: t}\nbuild: {language: go}\n"


def checked(text: str) -> Fault:
    """The one fault that the schema has against an application."""
    source = parse(HEAD + text, "f")
    faults.check(source, "Application")
    (fault,) = source.faults
    return fault


@pytest.mark.parametrize(
    ("text", "code", "problem", "hint"),
    [
        (
            "run: {port: '80'}",
            "bad-type",
            "expected a whole number, found the text '80'",
            "write it without quotes: 80",
        ),
        (
            "run: {port: '8o'}",
            "bad-type",
            "expected a whole number, found the text '8o'",
            "a number from 1 to 65535",
        ),
        (
            "run: {command: python -m x}",
            "bad-type",
            "expected a list, found the text 'python -m x'",
            "write a list: [python, -m, x]",
        ),
        ("build: {language: golang}", "bad-enum", "'golang' is not one of them", "did you mean 'go'?"),
        (
            "build: {language: Java}",
            "bad-enum",
            "'Java' is not one of them",
            "did you mean 'java-maven' or 'java-gradle'?",
        ),
        (
            "run: {secrets: {DB: hunter2}}",
            "bad-pattern",
            "this value (7 characters) is not valid here",
            "expected: vault:PATH#KEY or secret:NAME#KEY",
        ),
        (
            "run: {env: {DB_PASSWORD: 123456}}",
            "bad-type",
            "expected text, found another kind of value",
            "quote it",
        ),
        (
            "run: {port: [80]}",
            "bad-type",
            "expected a whole number, found a list",
            "one number; others beside it have names: ports: {admin: 8081}",
        ),
        (
            "run: {port: {}}",
            "bad-type",
            "expected a whole number, found a mapping",
            "a number from 1 to 65535",
        ),
        ("run: {port: true}", "bad-type", "expected a whole number, found true", "a number from 1 to 65535"),
        ("run: {env: {A: 1}}", "bad-type", "expected text, found 1", 'quote it: "1"'),
        ("run: {env: {A: true}}", "bad-type", "expected text, found true", 'quote it: "true"'),
        ("run: {env: {A: [b]}}", "bad-type", "expected text, found a list", ""),
        (
            "run: {env: {A: }}",
            "bad-type",
            "expected text, found nothing",
            "give it a value, or remove the key",
        ),
        (
            "run:",
            "bad-type",
            "expected a mapping, found nothing",
            "indent what belongs to it, or remove the key",
        ),
        ("run: {port: 0}", "bad-minimum", "0 is out of range: at least 1", "a number from 1 to 65535"),
        (
            "run: {port: 65536}",
            "bad-maximum",
            "65536 is out of range: at most 65535",
            "a number from 1 to 65535",
        ),
        (
            "run: {command: []}",
            "bad-minitems",
            "must not be empty",
            "write what belongs there, or remove the key",
        ),
        (
            f"calls: [{', '.join(f'c{n}' for n in range(201))}]",
            "bad-maxitems",
            "has 201 entries, at most 200 are allowed",
            "",
        ),
        ("calls: [b, b]", "bad-uniqueitems", "names the same thing twice", ""),
        (
            "run: {health: healthz}",
            "bad-pattern",
            "'healthz' is not valid here",
            "expected: a path that begins with /; perhaps /healthz",
        ),
        ("build: {language: pythn}", "bad-enum", "'pythn' is not one of them", "did you mean 'python'?"),
        (
            "build: {language: go, around: {push: {before: ['']}}}",
            "bad-minlength",
            "must not be empty",
            "write what belongs there, or remove the key",
        ),
        (f"run: {{health: /{'x' * 1000}}}", "bad-maxlength", "has 1001 characters, at most 1000 fit", ""),
        (
            "processes: {Worker: {}}",
            "bad-name",
            f"'Worker' is no name for this: {LABEL_RULE}",
            "perhaps worker",
        ),
        (f"processes: {{{'x' * 21}: {{}}}}", "bad-name", "the name has 21 characters, at most 20 fit", ""),
        (
            "run: {env: {1A: x}}",
            "bad-name",
            "'1A' is no name for this: letters, digits and underscores; does not begin with a digit",
            "perhaps A",
        ),
        (
            "run: {expose: {host: 'https://a.example/'}}",
            "bad-pattern",
            "'https://a.example/' is not valid here",
            "expected: a host name without port; perhaps a.example",
        ),
        (
            "run: {expose: {host: 'me@a.example:443'}}",
            "bad-pattern",
            "'…@a.example:443' is not valid here",
            "expected: a host name without port",
        ),
        (
            "run: {autoscale: 3}",
            "bad-type",
            "expected a mapping, found 3",
            "what it takes stands below it, by these names: max, cpu",
        ),
        (
            "run: {env: [{name: A, value: b}]}",
            "bad-type",
            "expected a mapping, found a list",
            "write NAME: below it for each, without '- '",
        ),
        ("run: {expose: {}}", "missing-key", "'host' is missing", "add host:"),
        ("run: {prot: 80}", "unknown-key", "unknown key", "did you mean 'port'?"),
    ],
)
def test_every_complaint_in_words(text: str, code: str, problem: str, hint: str) -> None:
    if text.startswith("build"):
        text = text.removeprefix("build: ")
        source = parse(HEAD.replace("{language: go}", text), "f")
        faults.check(source, "Application")
        (fault,) = source.faults
    else:
        fault = checked(text)
    assert (fault.code, fault.problem, fault.hint) == (code, problem, hint)


def test_a_pattern_ends_at_the_very_end() -> None:
    assert checked('run: {health: "/a\\n"}').code == "bad-pattern"


def test_a_missing_key_is_told_where_it_is_missing_each_on_its_own() -> None:
    source = parse("apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {}", "f")
    faults.check(source, "Application")
    assert [(each.path, each.problem) for each in source.faults] == [
        ("metadata", "'name' is missing"),
        ("metadata", "'team' is missing"),
        ("", "'build' is missing"),
    ]


def test_keys_that_lack_their_indentation_are_told_where_they_belong() -> None:
    head = "apiVersion: pipelinekit/v1\nkind: Application\n"
    text = head + "metadata:\nname: orders\nteam: pay\nbuild: {language: go}\nport: 8080\n"
    source = parse(text, "f")
    faults.check(source, "Application")
    hints = {each.path: each.hint for each in source.faults}
    assert hints["name"] == hints["team"] == "it belongs to 'metadata': indent it below"
    assert hints["port"].startswith("known are: "), "nothing that could hold it stands above it"


@pytest.mark.parametrize("value", ["https://user:pw@host/x", "user:pw@host:5000", "tok@host"])
def test_a_login_in_an_address_is_not_repeated(value: str) -> None:
    assert "pw" not in faults.shown(value)
    assert "tok" not in faults.shown(value)
    assert "host" in faults.shown(value)
