"""What a Go program takes beside its sources."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled.gofiles import beside
from pipelinekit.plan.detect.signs import Detected

GO = Detected(language="go")


def seen(text: str, *others: str) -> Detected:
    sources = {"web/main.go": text}
    return beside(GO, {**sources, **dict.fromkeys(others, "")}, sources, [text], "1.26")


@pytest.mark.parametrize(
    "text", ['import "C"\n', 'import _ "github.com/mattn/go-sqlite3"\n', 'import "gorm.io/driver/sqlite"\n']
)
def test_c_code_is_built_and_run_on_one_debian(text: str) -> None:
    found = seen(text)
    assert (found.base, found.runtime) == ("library/golang:1.26-bookworm", "library/debian:bookworm-slim")


def test_files_that_are_there_and_read_are_in_the_image() -> None:
    text = 'template.ParseGlob("templates/*.html")\nos.Open("config.yaml")\nos.ReadFile("gone.txt")\n'
    assert seen(text, "templates/a.html", "config.yaml").files == ("config.yaml", "templates")


@pytest.mark.parametrize(
    ("others", "doubts"), [(("web/dist/a.js",), 0), (("web/dist/.gitkeep",), 1), ((), 1)]
)
def test_what_is_embedded_has_to_be_there(others: tuple[str, ...], doubts: int) -> None:
    assert len(seen("//go:embed all:dist\nvar files embed.FS\n", *others).doubts) == doubts


def test_what_takes_nothing_is_left_as_it_is() -> None:
    assert seen("package main\n") == GO
