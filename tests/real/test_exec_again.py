"""A kubelet that does not find the container of a pod that has just become ready.

No cluster answers so when it is asked to: a script stands in for kubectl.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.pods import drafts
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Target
from tests import examples

MISSING = 'error: Internal error occurred: unable to upgrade connection: container not found ("web")'
DEFAULTED = 'Defaulted container "web" out of: web, proxy'
TARGET = Target(name="orders", environment=examples.DEV, namespace="team-dev", context="c")


def kubectl(folder: Path, monkeypatch: pytest.MonkeyPatch, *answers: str) -> Path:
    """A kubectl that runs one shell text a call, the last one for ever; the file with its calls."""
    calls = folder / "calls"
    calls.touch()
    for at, each in enumerate(answers):
        (folder / f"answer-{at}").write_text(each)
    script = folder / "kubectl"
    script.write_text(
        f"#!/bin/sh\nat=$(wc -l <{calls})\necho x >>{calls}\n"
        f"[ -e {folder}/answer-$at ] || at={len(answers) - 1}\n. {folder}/answer-$at\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def asked(calls: Path) -> int:
    return len(calls.read_text().splitlines())


def test_it_is_asked_again_until_the_container_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = f"echo '{DEFAULTED}' >&2; echo '{MISSING}' >&2; exit 1"
    calls = kubectl(tmp_path, monkeypatch, gone, gone, "echo done")
    said: list[str] = []
    drafts.ReleasePods({}).execute(TARGET, "orders-1", ["migrate"], said.append)
    assert asked(calls) == 3
    assert "done" in said
    assert MISSING not in said


@pytest.mark.parametrize(
    "answer",
    [
        "echo 'error: pods \"orders-1\" not found' >&2; exit 1",
        f"echo '{MISSING}' >&2; echo 'command terminated with exit code 3' >&2; exit 3",
        f"echo migrated; echo '{MISSING}' >&2; exit 1",
    ],
    ids=["another fault", "the command's own words", "the command has run"],
)
def test_nothing_else_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    calls = kubectl(tmp_path, monkeypatch, answer)
    with pytest.raises(ToolFailed):
        drafts.ReleasePods({}).execute(TARGET, "orders-1", ["migrate"], lambda _: None)
    assert asked(calls) == 1


def test_patience_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_PATIENCE", 0.0)
    calls = kubectl(tmp_path, monkeypatch, f"echo '{MISSING}' >&2; exit 1")
    with pytest.raises(ToolFailed, match="container not found"):
        drafts.ReleasePods({}).execute(TARGET, "orders-1", ["migrate"], lambda _: None)
    assert asked(calls) >= 1
