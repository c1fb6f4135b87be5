"""The files of a repository that speak of it, in the order in which they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.reading.repository import LONGEST, MOST, read_words

FILES = (
    *("Procfile", "fly.toml", "render.yaml", "app.json", "heroku.yml", "railway.json", "railway.toml"),
    *("nixpacks.toml", "system.properties", "Aptfile", "compose.yaml", "docker-compose.yml"),
    *(".github/workflows/ci.yml", ".gitlab-ci.yml", ".circleci/config.yml", ".devcontainer.json"),
)


def test_a_procfile_comes_before_a_compose_file() -> None:
    texts = {
        "compose.yaml": "services: {a: {build: ., command: python b.py}}",
        "Procfile": "web: python a.py",
    }
    said = [(each.value, each.place) for each in read_words(texts) if each.what == "command"]
    assert said == [("python a.py", "Procfile:1"), ("python b.py", "compose.yaml:1")]


@pytest.mark.parametrize("line", ["x" * (LONGEST + 1), "a\x1b[31mb", "a\u202eb", "a\x00b"])
def test_what_nobody_writes_in_a_line_is_left_out(line: str) -> None:
    assert read_words({"Procfile": f"web: {line}"}) == ()


def test_there_is_an_end_to_them() -> None:
    assert len(read_words({"Procfile": "".join(f"p{each}: x\n" for each in range(MOST * 2))})) == MOST


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "text",
    [
        *("", "\x00", "[", "{", "- 1", "null", "true", "3", '"a"', "[[[", "a: &a [*a]", "\ufeff{}", "\t- x"),
        *(
            "services: 1",
            "services: [1, null, {}]",
            "services: {a: 1, b: {build: [1], ports: {}, volumes: 3}}",
        ),
        *("jobs: [1]", "jobs: {a: {steps: {run: [1, {}]}}}", "env: [1]", "processes = 3", "[env]\nA = [1]"),
        *("[[services]]\ninternal_port = []", "http_service = 1", "mounts = 2", "deploy = []", "run: [1]"),
        *("release: 3", "release: {command: {}}", "[start]\ncmd = 1", "start = 1", '{"deploy": []}'),
        *('{"expo": 1}', '{"healthchecks": {"web": 1}}', '{"forwardPorts": {"a": 1}}', '{"image": [1]}'),
    ],
)
def test_no_shape_of_a_document_is_an_error(file: str, text: str) -> None:
    assert isinstance(read_words({file: text}), tuple)


@given(st.sampled_from(FILES), st.text(max_size=80))
def test_nor_is_any_text(file: str, text: str) -> None:
    assert isinstance(read_words({file: text}), tuple)


@pytest.mark.parametrize("file", [each for each in FILES if each.endswith((".yml", ".yaml", ".json"))])
def test_aliases_that_grow_are_not_followed(file: str) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{one}: &{one} [{', '.join([f'*{two}'] * 9)}]"
        for two, one in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert {each.what for each in read_words({file: "\n".join(lines)})} <= {"note"}


@pytest.mark.parametrize(
    "file", ["fly.toml", "render.yaml", "app.json", "docker-compose.yml", "railway.toml"]
)
def test_what_is_broken_is_told(file: str) -> None:
    assert [(each.what, each.place) for each in read_words({file: "[[["})] == [("note", file)]
    assert read_words({file: " \n"}) == ()
