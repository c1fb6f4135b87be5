"""Whatever the terminal is, no verb ends as a bug of ours: encodings, streams closed or full, no folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("pipelinekit")
GOOD = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: payments}\n"
    "build: {language: go}\nrun: {port: 8080, env: {GREETING: 'Grüße … 你好'}}\n"
)
VERBS = ("explain", "generate --diff", "deploy --dif")
TERMINALS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "latin-1": ("{}", {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}),
    "ascii": ("{}", {"LC_ALL": "C", "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"}),
    "without stdout": ("{} >&-", {}),
    "without stderr": ("{} 2>&-", {}),
    "without stdin": ("{} <&-", {}),
    "without any": ("{} <&- >&- 2>&-", {}),
    "a reader that has gone": ("{} | true", {}),
    "a full disk": ("{} >/dev/full", {}),
    "no home": ("unset HOME; {}", {}),
    "a home that is a file": ("{}", {"HOME": "/dev/null"}),
    "no columns": ("{}", {"COLUMNS": "0", "LINES": "x", "TERM": "nothing"}),
    "another locale": ("{}", {"LC_ALL": "nowhere_NOWHERE.UTF-99"}),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def ended(line: str, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """A shell's line, in which a pipe ends as its first program does."""
    words = ["bash", "-o", "pipefail", "-c", line]
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("PIPELINEKIT_", "PK_"))}
    return subprocess.run(
        words, cwd=folder, env={**clean, **env}, capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("terminal", TERMINALS)
def test_no_terminal_is_a_bug_of_ours(terminal: str, verb: str, folder: Path) -> None:
    wrapped, env = TERMINALS[terminal]
    done = ended(wrapped.format(f"{COMMAND} {verb}"), folder, env)
    assert done.returncode in range(7), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    ("verb", "code"),
    [("deploy --dif", 2), ("deploy", 2), ("deploy --json", 2), ("validate", 3), ("generate", 0)],
)
@pytest.mark.parametrize("streams", ["2>&1", "2>&1 >/dev/null", "2>/dev/null"])
def test_a_reader_who_has_gone_changes_nothing_about_how_it_ends(
    streams: str, verb: str, code: int, folder: Path
) -> None:
    """What is said is lost, and neither what is done nor its exit code is."""
    if code == 3:
        (folder / "app.yaml").write_text(GOOD.replace("kind: Application", "kind: Nothing"))
    done = ended(f"{{ sleep 0.3; exec {COMMAND} {verb} {streams}; }} | true", folder, {})
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)
    assert (folder / "Jenkinsfile").is_file() is (verb == "generate")


@pytest.mark.parametrize("verb", ["validate", "generate", "doctor", "new-app shop --language go"])
def test_a_folder_that_is_gone_is_told(verb: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = ended(f"rmdir {gone}; {COMMAND} {verb}", gone, {})
    assert done.returncode == 5
    assert b"the current folder is not there any more" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_an_encoding_lacks_is_escaped_and_the_rest_is_said(folder: Path) -> None:
    done = ended(f"{COMMAND} explain", folder, {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert "Grüße".encode("latin-1") in done.stdout
    assert b"\\u4f60" in done.stdout
