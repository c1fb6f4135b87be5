from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.sync.watching import watched
from pipelinekit.cli.wiring import Options

APP = """
apiVersion: pipelinekit/v1
kind: Application
metadata: {{name: api, team: apps}}
build: {{language: go{}}}
"""


@pytest.mark.parametrize(
    ("folder", "counting", "silent"),
    [
        ("", ["main.go", "lib/a.go"], [".pipelinekit/lock.yaml", "notes/a.txt", "lib/x.log"]),
        (
            ", folder: services/api",
            ["services/api/main.go", "go.mod", "lib/a.go", "services/other/a.go"],
            [
                ".git/index",
                "services/api/.pipelinekit/lock.yaml",
                "services/api/notes/a.txt",
                "lib/x.log",
                "services/api/x.log",
            ],
        ),
    ],
)
def test_all_that_an_image_is_built_from_is_watched(
    tmp_path: Path, folder: str, counting: list[str], silent: list[str]
) -> None:
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    (tmp_path / ".git" / "refs").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    root = tmp_path / "services" / "api"
    root.mkdir(parents=True)
    (root / "app.yaml").write_text(APP.format(folder))
    (root / ".draftignore").write_text("*.log\nnotes/a.txt\n")
    there, counts = watched(Draft(Options(path=str(root)), Words(home=str(tmp_path / "home"))))
    assert there == (tmp_path if folder else root)
    assert [each for each in (*counting, *silent) if counts(each)] == counting
