"""The generated `post-receive` hook, run as a git server runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.controller.conftest import Platform, Ran
from tests.controller.server import Controller

Kit = Callable[..., Ran]
REPOSITORY = "ssh://git@git.acme.example/it's orders.git"


@pytest.fixture
def hook(jenkins: Controller, platform: Platform, kit: Kit, tmp_path: Path) -> Path:
    """The hook of a repository with a quote and a blank in its address; its token is in a file beside it."""
    jenkins.state.notify_token = "t0ken"
    (tmp_path / "token").write_text("t0ken\n")
    platform.jenkins = {"webhook": {"tokenFile": str(tmp_path / "token")}}
    platform.applications[:] = []
    platform.application("orders", repository=REPOSITORY.replace(" ", "%20"))
    assert kit("seed", "export", f"--to={tmp_path / 'out'}").code == 0
    return tmp_path / "out" / "hooks" / "payments-orders" / "post-receive"


def _push(hook: Path, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    put = f"{'0' * 40} {'1' * 40} refs/heads/main\n"
    return subprocess.run(
        [hook], input=put, capture_output=True, text=True, check=False, env={"PATH": path}, timeout=30
    )


def test_jenkins_is_told_of_a_push(jenkins: Controller, hook: Path) -> None:
    done = _push(hook)
    assert (done.returncode, done.stderr) == (0, "")
    assert jenkins.state.notified == [REPOSITORY.replace(" ", "%20")]


@pytest.mark.parametrize("how", ["down", "starts", "refuses"])
def test_a_push_succeeds_although_jenkins_cannot_be_told(jenkins: Controller, hook: Path, how: str) -> None:
    if how == "down":
        jenkins.down()
    elif how == "starts":
        jenkins.starting = True
    else:
        jenkins.state.notify_token = "another"
    done = _push(hook)
    assert done.returncode == 0
    assert "Jenkins was not told of this push" in done.stderr
    assert jenkins.state.notified == []


def test_the_token_is_in_no_argument(hook: Path, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "curl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path / "arguments"}\ncat >{tmp_path / "input"}\n')
    program.chmod(0o755)
    assert _push(hook, f"{program.parent}:/usr/bin:/bin").returncode == 0
    assert "t0ken" not in (tmp_path / "arguments").read_text()
    assert "t0ken" in (tmp_path / "input").read_text()
