"""`build` and `push` in a real terminal, where a line is drawn over, and in a pipe, where none is."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.registries import buildah, buildx

COLUMNS = 100
ANEW = "\r\x1b[K"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
ENGINES = {"docker": lambda testbed, _: dict(testbed), "buildx": buildx, "buildah": buildah}
NOISE = "printf '\\033[31mred-mark\\033[0m\\n10 %%\\r100-mark %%\\n'; sleep 2"
"""What tools do that believe in a terminal."""


@pytest.fixture(params=ENGINES)
def application(
    testbed: Mapping[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Application]:
    """An application with a noisy step and twenty megabytes that no other image has."""
    env = ENGINES[request.param](testbed, tmp_path / "engine")
    with app.new(testbed, tmp_path / "apps", "dockerfile") as made:
        (made.folder / "large").write_bytes(os.urandom(20_000_000))
        made.replace("Dockerfile", "RUN echo ok", f"COPY large /\nRUN {NOISE}; echo {uuid4().hex}; echo ok")
        made.commit()
        yield made.with_env(**env)


def in_a_terminal(application: Application, *words: str) -> str:
    """All that a verb writes into a terminal of its own."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    with subprocess.Popen(
        [str(app.BIN / "pipelinekit"), *words],
        cwd=application.folder,
        env={**os.environ, **application.env, "TERM": "xterm"},
        stdin=its,
        stdout=its,
        stderr=its,
    ) as process:
        os.close(its)
        written = b""
        while piece := _read(ours):
            written += piece
    os.close(ours)
    assert process.returncode == 0, written.decode()
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # Linux' way to say that nobody has the other end open any more.
        return b""


def screen(written: str) -> list[str]:
    """The lines as they are at the end, without colours; `Footer` draws with one sequence alone."""
    lines = [line.rpartition(ANEW)[2].rstrip("\r") for line in written.split("\n")]
    return [re.sub(r"\x1b\[\d*m", "", line) for line in lines]


def test_a_terminal_gets_a_line_that_is_drawn_over(application: Application) -> None:
    for verb in ("build", "push"):
        written = in_a_terminal(application, verb)
        drawn = re.findall(re.escape(ANEW) + rf"  {verb} (\d+:\d\d)([^\r\n\x1b]*)", written)
        assert drawn, written
        assert all(len(f"  {verb} {when}{moving}") < COLUMNS for when, moving in drawn)
        if verb == "build":
            # The step that sleeps says nothing: only the time moves.
            assert len({when for when, _ in drawn}) > 1
        else:
            assert any("MB" in moving for _, moving in drawn), drawn
        last = screen(written)
        assert not [line for line in last if line.startswith(f"  {verb} 0:")], last
        assert last[-1] == ""
        assert "orders" in last[-2]
        if verb == "build":
            assert any(line.endswith("red-mark") for line in last)
            assert any(line.endswith("100-mark %") for line in last)


def test_a_pipe_gets_plain_lines(application: Application) -> None:
    for verb in ("build", "push"):
        said = application.must(verb)
        assert said.err.strip()
        assert not CONTROL.search(said.err + said.out), repr(said.err)
        assert not re.search(rf"^  {verb} \d+:\d\d", said.err, re.MULTILINE)
        if verb == "build":
            assert re.search(r"red-mark$", said.err, re.MULTILINE)
            assert re.search(r"100-mark %$", said.err, re.MULTILINE)
