"""What counts as the content of what is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.build.context import context_digest


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
