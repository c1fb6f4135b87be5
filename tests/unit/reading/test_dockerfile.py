"""Which images a Dockerfile builds on, however it names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.reading.dockerfile import arguments, base, bases, pin, stages

PYTHON = """\
# A comment: FROM nothing
ARG BASE=docker.io
ARG VERSION="3.11"
FROM ${BASE}/library/python:${VERSION} AS build
RUN echo 'FROM inside:1'
FROM build AS test
FROM --platform=linux/amd64 \\
  ${BASE}/library/python:$VERSION-slim
COPY --from=build /app /app
COPY --from=1 /reports /reports
COPY --from=busybox:stable /bin/sh /sh
"""


def test_bases_are_what_comes_from_elsewhere() -> None:
    assert bases(PYTHON, {"BASE": "r:5000"}) == (
        "r:5000/library/python:3.11",
        "r:5000/library/python:3.11-slim",
        "busybox:stable",
    )


def test_arguments_are_those_of_every_stage() -> None:
    text = "ARG ONE=1\nFROM scratch\narg TWO THREE=3\nRUN echo ARG FOUR\n# ARG FIVE\nFROM scratch\nARG SIX\n"
    assert arguments(text) == {"ONE", "TWO", "THREE", "SIX"}


def test_stages_have_their_names_and_beginnings() -> None:
    assert [(each.name, each.image) for each in stages(PYTHON, {})] == [
        ("build", "docker.io/library/python:3.11"),
        ("test", "build"),
        ("", "docker.io/library/python:3.11-slim"),
    ]


def test_a_pinned_text_differs_in_its_images_only() -> None:
    pins = {each: f"{each.rsplit(':', 1)[0]}@sha256:{'a' * 64}" for each in bases(PYTHON, {})}
    text = pin(PYTHON, {}, pins)
    assert set(bases(text, {})) == set(pins.values())
    assert text.splitlines()[3] == f"FROM docker.io/library/python@sha256:{'a' * 64} AS build"
    assert text.splitlines()[6:8] == [
        "FROM --platform=linux/amd64 \\",
        f"  docker.io/library/python@sha256:{'a' * 64}",
    ]
    assert f"COPY --from=busybox@sha256:{'a' * 64} /bin/sh /sh" in text
    assert "COPY --from=build /app /app" in text
    assert len(text.splitlines()) == len(PYTHON.splitlines())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM scratch", ()),
        ("from a\nFROM b as c\nFrom C", ("a", "b")),
        ("ARG X\nFROM a${X:-b}", ("ab",)),
        ("ARG X=y\nFROM a${X:+b}", ("ab",)),
        ("FROM ${X}a", ("a",)),
        ("FROM a\nARG X=b\nFROM $X", ("a", "")),
        ("# escape=`\nFROM `\n a", ("a",)),
        ("FROM a\nRUN <<EOF\nFROM b\nEOF\nFROM c", ("a", "c")),
        ("FROM a\nRUN cat <<EOF\nFROM b", ("a", "b")),
        ("FROM a\nRUN x \\\n# FROM b\n\n y\nFROM c", ("a", "c")),
        ("FROM a AS b\nCOPY --chown=1 --from=b x y\nCOPY --from=0 x y", ("a",)),
        ("\tFROM\ta", ("a",)),
        ("", ()),
        ("FROM", ("",)),
    ],
)
def test_a_syntax(text: str, found: tuple[str, ...]) -> None:
    assert bases(text, {}) == found


@given(st.text(alphabet="FROMASCPYRUNarg \n\\#$={}:<E-", max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = bases(text, {})
    assert pin(text, {}, {}) == text
    assert isinstance(pin(text, {}, {each: "x@sha256:0" for each in found if each}), str)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a:1\nFROM b:2\n", "b:2"),
        ("FROM a:1 AS Server\nFROM server AS test\nFROM server\n", "a:1"),
        ("FROM a:1 AS one\nFROM one AS two\nFROM two\n", "a:1"),
        ("FROM a:1 AS b\nFROM b AS a\nFROM a\n", "a:1"),
        ("FROM a:1 AS b\nFROM c\nCOPY --from=b /x /x\n", "c"),
        ("ARG V=2\nFROM a:${V} AS b\nFROM b\n", "a:2"),
        ("FROM ${M}/a AS b\nFROM b\n", "/a"),
        ("", ""),
    ],
)
def test_the_base_is_found_through_the_stages(text: str, found: str) -> None:
    assert base(text, {}) == found
