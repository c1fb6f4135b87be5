"""What BuildKit is given of a folder, and when it is given it in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.build import buildx
from pipelinekit.adapters.running import process
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import BuildPlan, ImageRef

REF = ImageRef("registry.example", "team/orders", "1")


def written(path: Path) -> tuple[int, int]:
    """Which file it is, and when somebody wrote it; whoever reads it changes the time of that."""
    return path.stat().st_ino, path.stat().st_mtime_ns


def recipe(words: list[str]) -> str:
    """The Dockerfile that BuildKit is told to read."""
    return Path(words[words.index("--file") + 1]).read_text()


def test_a_dockerfile_that_is_a_link_to_what_is_left_out_is_built(tmp_path: Path) -> None:
    context = tmp_path / "app"
    (context / "ci").mkdir(parents=True)
    (context / "ci" / "Dockerfile").write_text("FROM scratch\n")
    (context / "Dockerfile").symlink_to("ci/Dockerfile")
    (context / ".dockerignore").write_text("ci\n")
    assert recipe(buildx._laid_out(BuildPlan(ref=REF), context, tmp_path)) == "FROM scratch\n"


@pytest.mark.parametrize("absolute", [True, False])
def test_a_dockerfile_in_a_linked_folder_is_built_and_that_folder_stays_as_it_is(
    tmp_path: Path, *, absolute: bool
) -> None:
    shared, context = tmp_path / "shared", tmp_path / "app"
    shared.mkdir()
    context.mkdir()
    (shared / "Dockerfile").write_text("FROM python:3.12\n")
    (context / "docker").symlink_to(shared if absolute else "../shared")
    before = written(shared / "Dockerfile")
    plan = BuildPlan(ref=REF, dockerfile="docker/Dockerfile", pinned={"python:3.12": "python@sha256:1"})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert recipe(buildx._laid_out(plan, context, scratch)) == "FROM python@sha256:1\n"
    assert (shared / "Dockerfile").read_text() == "FROM python:3.12\n"
    assert written(shared / "Dockerfile") == before


@pytest.mark.parametrize(
    ("name", "times"), [("plain", 1), ("na\udcefme", 2)], ids=["names that are text", "one that is none"]
)
def test_only_a_folder_in_which_a_name_is_no_text_is_given_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, times: int
) -> None:
    context = tmp_path / "app"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM scratch\n")
    (context / name).write_text("a")
    asked = []

    def watch(argv: list[str], **_: Any) -> process.Completed:
        asked.append(argv)
        return process.Completed(1, "", "#7 0.1 a.proto: string field contains invalid UTF-8")

    monkeypatch.setattr(process, "watch", watch)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(ToolFailed):
        buildx.build(BuildPlan(ref=REF), context, print, {})
    assert len(asked) == times
