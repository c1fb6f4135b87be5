"""Which images a Dockerfile builds on, however it names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.docker.dockerfile import arguments, base, bases, pin, secrets, stages

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


MOUNTS = """\
FROM base AS build
RUN --mount=type=secret,id=one,target=/root/.netrc ["pip", "install"]
run --network=none --mount=type=cache,target=/cache \\
  --mount=target=/root/two,type=secret make
RUN --mount=type=secret,dst=/run/secrets/three,required=true true
RUN --mount=type=bind,from=x,id=four true
RUN echo --mount=type=secret,id=five
# RUN --mount=type=secret,id=six true
COPY --mount=type=secret,id=seven a b
RUN --mount=type=secret true
FROM base
RUN --mount=type=secret,id=eight,env=TOKEN true
"""


def test_secrets_are_those_that_a_step_of_any_stage_mounts() -> None:
    assert secrets(MOUNTS) == {"one", "two", "three", "eight"}


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


UV = "ghcr.io/astral-sh/uv:latest"


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
        ("\ufeffFROM a", ("a",)),
        ("FROM \\\r\n  a\r\nRUN x\r\n", ("a",)),
        ("FROM al\\\npine", ("alpine",)),
        ('FROM "alpine:3"', ("alpine:3",)),
        ("FROM 'alpine:3' AS x", ("alpine:3",)),
        ('ARG I\nFROM ${I:-"busybox:latest"}', ("busybox:latest",)),
        ("ARG V=3.11.4\nFROM python:${V%.*}", ("python:3.11",)),
        ("ARG V=3.11.4\nFROM python:${V%%.*}", ("python:3",)),
        ("ARG V=v3.11.4\nFROM python:${V#v}", ("python:3.11.4",)),
        ("ARG V=v3.11.4\nFROM python:${V##*.}", ("python:4",)),
        ("ARG V=3_11_4\nFROM python:${V/_/.}", ("python:3.11_4",)),
        ("ARG V=3_11_4\nFROM python:${V//_/.}", ("python:3.11.4",)),
        ("ARG A\nARG B=c\nFROM ${A:-${B:-d}}", ("c",)),
        ("ARG A=\nFROM a${A-b}${A:-c}${A+d}${A:+e}", ("acd",)),
        ("ARG A='$B' B=x\nFROM a${A}", ("a$B",)),
        ('ARG A="x y" B=z\nFROM a:$B', ("a:z",)),
        ('FROM a\nRUN <<"END OF"\nFROM b\nEND OF\nFROM c', ("a", "c")),
        ("FROM a\nRUN <<-'EOF'\nFROM b\n\tEOF\nFROM c", ("a", "c")),
        ("FROM a\nRUN <<EOF\nFROM b\n\tEOF\nEOF\nFROM c", ("a", "c")),
        ('FROM a\nRUN echo "<<EOF"\nFROM c\nEOF', ("a", "c")),
        ("FROM a\nCOPY <<A <<B /\nFROM x\nA\nFROM y\nB\nFROM c", ("a", "c")),
        (f"FROM a\nRUN --mount=from={UV},source=/uv,target=/uv x", ("a", UV)),
        (
            f"FROM a\nRUN --network=none --mount=type=bind,from={UV} --mount=from=b,type=cache x",
            ("a", UV, "b"),
        ),
        ("FROM a AS one\nFROM b\nRUN --mount=from=one x\nRUN --mount=from=0 x", ("a", "b")),
        ("FROM a\nRUN x --mount=from=c\nCOPY x --from=d /", ("a",)),
        ("FROM a\nCOPY --chown=1:1 --from=c:1 x y", ("a", "c:1")),
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


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffFROM \\\r\n  a:1 \\\r\n AS x\r\n",
        'ARG V=1\nFROM "a:${V}"\n',
        "FROM scratch\nRUN --mount=type=bind,from=a:1,source=/x \\\n --mount=from=a:1 x\n",
        'FROM scratch\nRUN --mount="type=bind,from=a:1" x\nCOPY --from="a:1" x y\n',
        "FROM scratch\nCOPY --from=a:1 a:1 /x\n",
        "FROM scratch AS a\nFROM a:\\\n1 AS b\nFROM a\n",
    ],
)
def test_an_image_is_pinned_wherever_it_is_named(text: str) -> None:
    assert bases(text, {}) == ("a:1",)
    changed = pin(text, {}, {"a:1": "a@sha256:0"})
    assert bases(changed, {}) == ("a@sha256:0",)
    assert len(stages(changed, {})) == len(stages(text, {}))


def test_what_grows_beyond_all_bounds_is_a_fault() -> None:
    doubling = "ARG A0=xx\n" + "".join(f"ARG A{n + 1}=$A{n}${{A{n}}}\n" for n in range(40)) + "FROM $A40\n"
    deep = "ARG A\nFROM " + "${A:-" * 5000 + "}" * 5000
    for text in (doubling, deep, "RUN x\n" * 10_000):
        with pytest.raises(DocumentInvalid):
            bases(f"FROM a\n{text}" if text.startswith("RUN") else text, {})


@given(st.text(alphabet="${}V:-+?#%/*\"'\\ab1", max_size=30), st.text(alphabet="ab1.*", max_size=10))
def test_any_word_is_expanded(word: str, value: str) -> None:
    assert isinstance(bases(f"ARG V='{value}'\nFROM {word}", {}), tuple)
