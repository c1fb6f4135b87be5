"""Streams that are not there, encodings that lack a character, a folder that is gone: never a bug of ours."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.real.app import BIN

DESCRIPTOR = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: pay}
build: {language: go}
run: {port: 8080, env: {A: "ünï “quote” 🚀"}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "app.yaml").write_text(DESCRIPTOR)
    return tmp_path


def said(folder: Path, line: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell's line with `pk` in it does."""
    return subprocess.run(
        ["sh", "-c", line.replace("pk ", f"{BIN}/pipelinekit ")],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize("verb", ["validate", "explain", "generate --diff", "--help"])
def test_a_stream_that_is_closed_changes_nothing(here: Path, verb: str, closed: str) -> None:
    done = said(here, f"pk {verb} {closed}")
    assert done.returncode == 0, done.stderr
    assert b"bug" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii:strict", "latin-1:strict", "cp1252:strict", "utf-8:strict"])
@pytest.mark.parametrize("verb", ["explain", "generate --diff"])
def test_a_terminal_that_lacks_a_character_gets_it_as_an_escape(here: Path, verb: str, encoding: str) -> None:
    done = said(here, f"pk {verb}", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert b"quote" in done.stdout
    as_json = said(here, f"pk {verb} --json", PYTHONIOENCODING=encoding).stdout
    assert "“quote” 🚀" in str(json.loads(as_json.decode(encoding.partition(":")[0])))


@pytest.mark.parametrize(
    "verb", ["validate", "explain", "build", "status", "new-app x --language go", "version"]
)
def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path, verb: str) -> None:
    done = said(tmp_path, f"mkdir gone && cd gone && rmdir ../gone && pk {verb}")
    assert done.returncode == 5
    assert done.stderr.startswith(b"error: the current folder is not there any more\n  ")
    assert list(tmp_path.iterdir()) == []
