"""Somebody else's documents."""

from __future__ import annotations

from pipelinekit.reading.repository.document import at, json_of, line_in, text_of, toml_of, yaml_of


def test_a_merge_key_brings_what_does_not_stand_there() -> None:
    said = yaml_of("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz:\n  <<: [*x, {c: 4}]\n", "f")
    assert said.data["y"] == {"a": "1", "b": "3"} or said.data["y"] == {"a": 1, "b": 3}
    assert said.text("z", "c") == "4"


def test_what_other_readers_take_otherwise_is_taken_as_it_stands() -> None:
    said = yaml_of("on: [push]\na: !reference [b, c]\nports: [22:22]\n", "f")
    assert (said.text("ports", 0), said.at("a")) == ("22:22", ["b", "c"])


def test_a_value_knows_its_line() -> None:
    said = json_of('// words\n{\n\t"a": {"b": "http://x//y"}, /* c\n d */ "e": [1,]\n}', "a.json")
    assert (said.text("a", "b"), said.line("a", "b"), said.line("e")) == (
        "http://x//y",
        "a.json:3",
        "a.json:4",
    )
    assert said.line("nothing") == "a.json:2"


def test_what_is_broken_has_no_data() -> None:
    assert (yaml_of("{", "f").data, yaml_of("", "f").data, toml_of("["), toml_of("a = 1")) == (
        None,
        None,
        {},
        {"a": 1},
    )


def test_only_texts_and_numbers_are_texts() -> None:
    assert [text_of(each) for each in (" a ", 1, 1.5)] == ["a", "1", "1.5"]
    assert [text_of(each) for each in (True, None)] == ["", ""]
    assert text_of([1]) == text_of({"a": 1}) == ""
    assert at({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert (at({"a": []}, "a", 0), at("a", "b"), at({"a": 1}, "a", "b")) == (None, None, None)


def test_a_line_is_found_by_its_words() -> None:
    assert line_in("a\n  b = 1\n", "f", r"^\s*b\s*=") in {"f:1", "f:2"}
    assert line_in("a\n", "f", "c") == "f"
