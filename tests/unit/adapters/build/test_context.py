"""What counts as the content of what is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.build.context import arranged, context_digest
from pipelinekit.model.release import BuildPlan, ImageRef


@pytest.mark.parametrize("to", ["ci/Dockerfile", "../shared/Dockerfile"])
def test_a_dockerfile_that_is_a_link_counts_as_it_is_built(tmp_path: Path, to: str) -> None:
    app = tmp_path / "app"
    app.mkdir()
    real = app / to
    real.parent.mkdir()
    real.write_text("FROM scratch\n")
    (app / "Dockerfile").symlink_to(to)
    (app / ".dockerignore").write_text("ci\n")
    before = context_digest(app, "Dockerfile")
    assert context_digest(app, "Dockerfile") == before
    real.write_text("FROM scratch\nLABEL a=b\n")
    assert context_digest(app, "Dockerfile") != before


def _plan(**labels: str) -> BuildPlan:
    return BuildPlan(ref=ImageRef("localhost", "orders", "1"), labels=labels)


def test_labels_are_one_instruction_of_the_file_and_none_is_left(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nCOPY . .\nEXPOSE 80\n")
    made = 'FROM a\nEXPOSE 80\nCOPY . .\nLABEL a="b c" d="e"\n'
    assert arranged(_plan(a="b c", d="e"), tmp_path) == ({"Dockerfile": made}, {})


@pytest.mark.parametrize("value", ['"', "$PATH", "a\nRUN id", "\\", "`", "a\u2028b", "é"])
def test_labels_that_a_dockerfile_would_read_otherwise_are_left_to_the_engine(
    tmp_path: Path, value: str
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    assert arranged(_plan(a=value, b="c"), tmp_path) == ({}, {"a": value, "b": "c"})


def test_a_dockerfile_that_is_no_text_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"FROM a\nCOPY caf\xe9 .\nEXPOSE 80\n")
    assert arranged(_plan(a="b"), tmp_path) == ({}, {"a": "b"})
