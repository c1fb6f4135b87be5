from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.generators import plan_files
from pipelinekit.model.app import LANGUAGES
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import File, can_be_generated, is_gits
from pipelinekit.reading.app import read_app

DESCRIPTOR = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: pay}\nrun: {port: 8080}\n"
    "environments: {production: {replicas: 4}}\n"
)
GENERATED = {
    plan.path
    for language in LANGUAGES
    for plan in plan_files(
        read_app(f"{DESCRIPTOR}build: {{language: {language}}}\n".encode()), Site(library="1")
    )
}


@given(st.text())
def test_a_digest_is_that_of_the_text_in_utf_8(text: str) -> None:
    assert File(text).digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_a_digest_says_nothing_of_the_mode() -> None:
    assert File("a", executable=True).digest == File("a").digest


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".git",
            ".GIT/config",
            "a/.git/x",
            ".git./x",
            ".git /x",
            ".git. ./x",
            "git~1",
            "GIT~2/x",
            "a\\.git\\x",
        ),
        *(".git::$INDEX_ALLOCATION/config", ".git:x", ".g\u200cit/x", "\ufeff.git", ".Gi\u202aT/config"),
    ],
)
def test_what_some_disk_takes_for_gits_is_gits(path: str) -> None:
    assert is_gits(path)
    assert not can_be_generated(path)
    assert not can_be_generated(f"charts/orders/{path}")


@pytest.mark.parametrize(
    "path", [".gitignore", "git", "a/.github/x", "digit~1", ".gitattributes", "x.git", "größe"]
)
def test_other_names_are_not(path: str) -> None:
    assert not is_gits(path)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "app.yaml",
            "main.go",
            ".env",
            "Jenkinsfile/x",
            "Jenkinsfile\n",
        ),
        *(
            "charts",
            "charts/orders",
            "charts/orders/..",
            "charts/../Jenkinsfile",
            "charts/orders/a/b/c",
            "a\0b",
        ),
        *(
            ".pipelinekit/lock.yaml",
            ".pipelinekit/base.tar.gz",
            "charts/.git/x",
            "CHARTS/orders/x",
            "charts//x",
        ),
    ],
)
def test_no_generator_makes_such_a_file(path: str) -> None:
    assert not can_be_generated(path)


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_what_generators_make_can_be_generated(path: str) -> None:
    assert can_be_generated(path)
