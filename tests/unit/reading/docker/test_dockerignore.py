"""`.dockerignore`, pattern by pattern; tests/real/test_image.py holds it against Docker itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.docker.dockerignore import MAX_PATTERNS, read_dockerignore
from tests.patterns import ANSWERS, questions


@pytest.mark.parametrize(
    ("patterns", "path", "excluded"),
    [
        ("a.txt", "a.txt", True),
        ("a.txt", "sub/a.txt", False),
        ("/a.txt", "a.txt", True),
        ("./a.txt", "a.txt", True),
        ("a.txt/", "a.txt", True),
        ("sub", "sub/deep/a.txt", True),
        ("sub/", "sub/deep/a.txt", True),
        ("sub/../a.txt", "a.txt", True),
        ("*.txt", "a.txt", True),
        ("*.txt", "sub/a.txt", False),
        ("*/*.txt", "sub/a.txt", True),
        ("*/*.txt", "sub/deep/a.txt", False),
        ("**/*.txt", "a.txt", True),
        ("**/*.txt", "sub/deep/a.txt", True),
        ("sub/**", "sub/deep/a.txt", True),
        ("sub/**", "sub", False),
        ("sub/**/a.txt", "sub/a.txt", True),
        ("**", "a.txt", True),
        ("*", "sub/deep/a.txt", True),
        (".*", ".git/config", True),
        ("?.txt", "a.txt", True),
        ("?.txt", "ab.txt", False),
        ("[ab].txt", "b.txt", True),
        ("[^ab].txt", "b.txt", False),
        ("[a-c].txt", "d.txt", False),
        (r"\*.txt", "*.txt", True),
        (r"\*.txt", "a.txt", False),
        ("# a.txt", "a.txt", False),
        (" # a.txt", "# a.txt", True),
        ("  a.txt  ", "a.txt", True),
        ("a b.txt", "a b.txt", True),
        ("*\n!a.txt", "a.txt", False),
        ("*\n!sub/a.txt", "sub/a.txt", False),
        ("*\n!sub/a.txt", "sub/b.txt", True),
        ("sub\n!sub/a.txt", "sub/a.txt", False),
        ("!a.txt\n*", "a.txt", True),
        ("*.md\n!README*.md\nREADME-secret.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("*\n!**/a.txt", "sub/deep/a.txt", False),
        (".", "a.txt", False),
        ("/", "a.txt", False),
        ("..", "a.txt", False),
        ("\ufeffa.txt", "a.txt", True),
        ("a.txt\r\n", "a.txt", True),
        ("a.b", "axb", False),
        ("a+(b)", "a+(b)", True),
        ("a**b", "a/x/b", True),
        ("**.pem", "keys/server.pem", True),
        ("**.pem", "server.pem", True),
        ("keys**", "keys/server.pem", True),
        ("a*a*a*a*a*a*a*a*b", "a" * 4000, False),
        ("**a**a**a**a**b", "a/" * 2000, False),
    ],
)
def test_a_pattern(patterns: str, path: str, excluded: bool) -> None:
    assert read_dockerignore(patterns).excludes(path) is excluded


@pytest.mark.parametrize(
    ("pattern", "line"), [("a\n[", 2), ("!", 1), ("a\\", 1), ("[]", 1), ("!/", 1), ("[b-a]", 1), ("[^]", 1)]
)
def test_what_docker_refuses_is_named_by_its_line(pattern: str, line: int) -> None:
    with pytest.raises(DocumentInvalid) as error:
        read_dockerignore(pattern)
    place = error.value.faults[0].place
    assert place is not None
    assert place.line == line


PARTS = st.text(alphabet="ab.c", min_size=1, max_size=3).filter(lambda each: each.strip("."))
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
LINES = st.lists(
    st.builds(
        "{}{}".format, st.sampled_from(["", "!"]), st.one_of(PATHS, st.sampled_from(["*", "**/a", "*/b"]))
    ),
    max_size=6,
)


@given(LINES, PATHS)
def test_a_folder_that_is_not_read_hides_nothing_that_is_in_the_context(lines: list[str], path: str) -> None:
    ignore = read_dockerignore("\n".join(lines))
    folder, slash, _ = path.rpartition("/")
    if slash and ignore.excludes(folder) and ignore.hides(folder):
        assert ignore.excludes(path)


@given(LINES, PATHS)
def test_a_last_line_decides_alone(lines: list[str], path: str) -> None:
    assert read_dockerignore("\n".join([*lines, path])).excludes(path)
    assert not read_dockerignore("\n".join([*lines, f"!{path}"])).excludes(path)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_dockerignore(text).excludes("a/b")
    except DocumentInvalid:
        return


REFUSED = {"^a*"}
"""What Docker reads as something else than is written."""


def test_a_sample_of_patterns_is_read_as_docker_does() -> None:
    for (text, paths), answer in zip(questions(), json.loads(ANSWERS.read_text()), strict=True):
        if answer is None or text in REFUSED:
            with pytest.raises(DocumentInvalid):
                read_dockerignore(text)
            continue
        ignore = read_dockerignore(text)
        assert [path for path in paths if ignore.excludes(path)] == answer, text


def test_more_patterns_than_anybody_writes_are_refused() -> None:
    with pytest.raises(DocumentInvalid, match="patterns"):
        read_dockerignore("a\n" * (MAX_PATTERNS + 1))
    with pytest.raises(DocumentInvalid, match="characters"):
        read_dockerignore("a" * 5000)
