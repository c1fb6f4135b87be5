"""Each filter gives back what it was given, to the reader of its language."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipelinekit.reading.document.source import parse
from pipelinekit.render import escape
from pipelinekit.render.escape import Escaped
from tests.groovy import literals
from tests.hostile.values import ALL

TEXT = st.one_of(st.sampled_from(list(ALL.values())), st.text())
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), TEXT)
NESTED: Any = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(bool), inner, max_size=3),
    max_leaves=12,
)
MAPPING = st.dictionaries(TEXT.filter(bool), NESTED, max_size=4)

each_hostile = pytest.mark.parametrize("text", ALL.values(), ids=ALL)


def loaded(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


# --- YAML -----------------------------------------------------------------------------------------


@given(NESTED)
def test_yaml_comes_back(value: Any) -> None:
    assert loaded(f"a: {escape.yaml(value)}\n") == {"a": value}


@each_hostile
def test_a_hostile_text_in_yaml_is_itself_as_value_as_item_and_as_key(text: str) -> None:
    written = escape.yaml({text: [text, {"a": text}]})
    assert loaded(f"{written}\n") == {text: [text, {"a": text}]}
    assert written.count("\n") == 0


@given(MAPPING, st.sampled_from([0, 2, 4]))
def test_a_yaml_block_comes_back_at_any_depth(value: dict[str, Any], indent: int) -> None:
    block = escape.yaml_block({"a": value} if indent else value, indent)
    if not indent:
        assert loaded(f"{block}\n") == (value or None)
        return
    assert loaded(f"{' ' * (indent - 2)}top:\n{block}") == {"top": {"a": value}}


@given(NESTED)
def test_no_reader_of_yaml_finds_anything_ambiguous(value: Any) -> None:
    source = parse(f"a: {escape.yaml(value)}\n", "f")
    assert {each.code for each in source.faults} <= {"yaml-too-deep"}


@given(NESTED)
def test_yaml_in_one_line_has_nothing_that_ends_a_line(value: Any) -> None:
    assert len(escape.yaml(value).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("orders", "orders"),
        ("a/b.c-d_e", "a/b.c-d_e"),
        ("true", '"true"'),
        ("Null", '"Null"'),
        ("1", '"1"'),
        ("", '""'),
    ],
)
def test_yaml_quotes_only_what_needs_it(text: str, written: str) -> None:
    assert escape.yaml(text) == written


def test_yaml_of_what_has_no_single_form_is_an_error() -> None:
    for value in (1.5, float("nan"), b"a", {1}, object()):
        with pytest.raises(TypeError):
            escape.yaml(value)


# --- JSON, TOML, Dockerfile, plain words ----------------------------------------------------------


@given(NESTED)
def test_json_comes_back_in_one_line_of_ascii(value: Any) -> None:
    written = escape.json_value(value)
    assert json.loads(written) == value
    assert written.isascii()
    assert len(written.splitlines()) == 1


TOML = st.one_of(TEXT, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.lists(TEXT, max_size=3))


@given(TOML)
def test_toml_comes_back(value: Any) -> None:
    assert tomllib.loads(f"a = {escape.toml(value)}\nb = 1") == {"a": value, "b": 1}


@each_hostile
def test_a_hostile_text_in_toml_is_itself(text: str) -> None:
    assert tomllib.loads(f"a = {escape.toml(text)}\nb = {escape.toml([text])}") == {"a": text, "b": [text]}


def test_toml_has_no_null() -> None:
    for value in (None, {"a": 1}, b"a"):
        with pytest.raises(TypeError):
            escape.toml(value)


ONE_LINE = st.text().filter(lambda text: not re.search("[\n\r]", text))


@given(ONE_LINE)
@example("\\")
@example('"$(id)"')
def test_a_dockerfile_word_comes_back(text: str) -> None:
    written = escape.dockerfile(text)
    assert written[0] == written[-1] == '"'
    inner = written[1:-1]
    assert re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL) == text
    # No quote or dollar sign without a backslash of its own.
    assert re.fullmatch(r'([^\\"$]|\\.)*', inner, re.DOTALL)


@pytest.mark.parametrize("text", ["a\nRUN id", "a\r"])
def test_a_dockerfile_word_has_no_line_breaks(text: str) -> None:
    with pytest.raises(ValueError, match="line breaks"):
        escape.dockerfile(text)


@pytest.mark.parametrize("text", ["", "orders", "3.11", "a/b:c@d+e-f_g", "pipelinekit@v0.1.0"])
def test_plain_words(text: str) -> None:
    assert escape.plain(text) == text


@given(TEXT.filter(lambda text: not re.fullmatch(r"[A-Za-z0-9_.:/@+-]*", text)))
def test_a_word_that_needs_quotes_is_not_plain(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain word"):
        escape.plain(text)


# --- Groovy ---------------------------------------------------------------------------------------

GROOVY_TEXT = TEXT.filter(lambda text: "\uffff" not in text)


@given(GROOVY_TEXT)
def test_a_groovy_string_is_one_line_of_ascii_and_comes_back(text: str) -> None:
    written = escape.groovy(text)
    assert len(written.splitlines()) == 1
    assert list(literals(written)) == [text]


@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_a_hostile_text_in_groovy_is_itself(text: str) -> None:
    assert list(literals(f"sh {escape.groovy(text)}, {escape.groovy_text(text)}")) == [text, text]


def test_what_groovy_takes_for_the_end_of_a_file_is_refused() -> None:
    for write in (escape.groovy, escape.groovy_text):
        with pytest.raises(ValueError, match=r"U\+FFFF"):
            write("a\uffffb")


@given(GROOVY_TEXT)
def test_a_groovy_text_keeps_its_lines(text: str) -> None:
    written = escape.groovy_text(text)
    assert list(literals(written)) == [text]
    assert written.count("\n") == text.count("\n")


ARGUMENTS = st.dictionaries(
    st.from_regex(r"[a-z][A-Za-z]{0,10}", fullmatch=True),
    st.one_of(GROOVY_TEXT, st.booleans(), st.lists(GROOVY_TEXT, max_size=3)),
    max_size=4,
)


@given(ARGUMENTS)
def test_groovy_arguments_come_back(arguments: dict[str, Any]) -> None:
    written = escape.groovy_arguments(arguments)
    texts = [
        text
        for value in arguments.values()
        for text in ([] if isinstance(value, bool) else value if isinstance(value, list) else [value])
    ]
    assert list(literals(written)) == texts
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "T", written)
    shape = ", ".join(
        f"{name}: {str(value).lower() if isinstance(value, bool) else _shape(value)}"
        for name, value in arguments.items()
    )
    assert bare == shape


def _shape(value: Any) -> str:
    return "[" + ", ".join("T" for _ in value) + "]" if isinstance(value, list) else "T"


def test_an_argument_is_a_text_a_boolean_or_a_list_of_texts() -> None:
    assert escape.groovy_arguments({}) == ""
    assert escape.groovy_arguments({"a": True, "b": ["x", "y"], "c": "z"}) == "a: true, b: ['x', 'y'], c: 'z'"
    with pytest.raises(ValueError, match="plain word"):
        escape.groovy_arguments({"a b": "x"})


def test_the_decoder_of_these_tests_refuses_what_groovy_refuses() -> None:
    for text in ["'", "'a", "'\n'", r"'\x'", '"a"', "'é'", "'''a''"]:
        with pytest.raises((ValueError, IndexError)):
            list(literals(text))


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_a_word_of_a_shell_is_itself(text: str) -> None:
    if "\0" in text:
        with pytest.raises(ValueError, match="NUL"):
            escape.shell(text)
        return
    assert shlex.split(escape.shell(text)) == [text]


@pytest.mark.parametrize(("value", "literal"), [("a", "'a'"), (True, "true"), (["a", "b'"], "['a', 'b\\'']")])
def test_a_groovy_value(value: Any, literal: str) -> None:
    assert escape.groovy_value(value) == literal


def test_secrets_are_mounted_by_plain_words_alone() -> None:
    assert escape.secret_mounts({}) == ""
    two = escape.secret_mounts({"a": "/root/.netrc", "b": "/b"})
    assert two == " --mount=type=secret,id=a,target=/root/.netrc --mount=type=secret,id=b,target=/b"
    for id_, file in (("a b", "/x"), ("a", "/x,required=true"), ("a", "/x y")):
        with pytest.raises(ValueError, match="not a plain word"):
            escape.secret_mounts({id_: file})


# --- all of them ----------------------------------------------------------------------------------

SUITABLE: dict[str, Any] = {
    "groovy_arguments": {"a": "b"},
    "yaml_block": {"a": "b"},
    "secret_mounts": {"a": "b"},
}


@pytest.mark.parametrize("name", escape.FILTERS)
def test_every_filter_gives_what_a_template_may_print(name: str) -> None:
    filter_: Any = escape.FILTERS[name]
    assert isinstance(filter_(SUITABLE.get(name, "a")), Escaped)
