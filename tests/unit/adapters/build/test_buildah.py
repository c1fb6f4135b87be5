"""What buildah is given of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.build.buildah import BuildahEngine
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import process
from pipelinekit.model.release import BuildPlan, ImageRef


def test_a_context_has_what_the_folder_has_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that copies all of it would have that in the image."""
    context = tmp_path / "app"
    context.mkdir()
    for name in ("Dockerfile", "app.py", "notes"):
        (context / name).write_text("FROM scratch\n")
    (context / ".dockerignore").write_text("notes\n")
    given = {}

    def watch(argv: list[str], **_: Any) -> process.Completed:
        given["ignored"] = Path(argv[argv.index("--ignorefile") + 1]).read_text()
        given["context"] = " ".join(sorted(each.name for each in Path(argv[-1]).iterdir()))
        Path(argv[argv.index("--iidfile") + 1]).write_text("sha256:1")
        return process.Completed(0, "", "")

    monkeypatch.setattr(process, "watch", watch)
    for name in ("TMPDIR", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    engine = BuildahEngine(OciRegistry(lambda _: None), lambda _: None, {"HOME": str(tmp_path)})
    assert engine.build(BuildPlan(ref=ImageRef("registry.example", "team/orders", "1")), context, print)
    assert given == {"ignored": "", "context": ".dockerignore Dockerfile app.py"}
