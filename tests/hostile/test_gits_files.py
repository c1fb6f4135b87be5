"""A `.git` that somebody else made: no pipe, device or file without end in it stops us or fills the disk."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.source import checkouts, git
from pipelinekit.errors import ToolFailed
from pipelinekit.model.platform.document import Registration
from tests.hostile.zoo import APP, Lair

BIN = str(Path(sys.executable).parent / "pipelinekit")
SECONDS = 60.0
"""Seconds after which a verb hangs."""
OPENED = (
    *("index", "packed-refs", "shallow", "info/attributes", "info/exclude", "info/sparse-checkout"),
    *("objects/info/alternates", "objects/info/commit-graph", "refs/heads/main", "refs/tags/v1.0.0"),
    *("sharedindex.0", f"objects/pack/pack-{'a' * 40}.idx"),
)
"""What git opens without a look at what it is."""


@pytest.fixture
def lair(tmp_path: Path) -> Lair:
    made = Lair(tmp_path / "orders")
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    made.write("app.yaml", APP)
    made.commit()
    return made


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(8 << 30)


KINDS = [
    *((name, put) for name in OPENED for put in (pipe, endless)),
    # Of a ref git reads a line, of a pack what it needs.
    *((name, sparse) for name in OPENED if not name.startswith(("refs/", "objects/pack"))),
]


@pytest.mark.parametrize(("name", "put"), KINDS)
def test_what_git_opens_is_a_file(name: str, put: Callable[[Path], None], lair: Lair) -> None:
    path = lair.root / ".git" / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    put(path)
    with pytest.raises(ToolFailed, match=re.escape(path.name)), git.repository(lair.root):
        pytest.fail("git was let at it")


def test_a_pipe_for_an_index_is_a_sentence(lair: Lair) -> None:
    (lair.root / ".git/index").unlink()
    pipe(lair.root / ".git/index")
    done = subprocess.run(
        [BIN, "version"], cwd=lair.root, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 5
    assert "index is no file" in done.stderr


def test_a_clone_is_as_git_makes_it(lair: Lair, tmp_path: Path) -> None:
    lair.write(".gitattributes", "*.txt text eol=crlf\n")
    lair.write("a.txt", "a\n")
    lair.write("run", "#!/bin/sh\n")
    (lair.root / "run").chmod(0o755)
    (lair.root / "link").symlink_to("run")
    lair.commit()
    registration = Registration(name="orders", team="pay", repository=str(lair.root))
    with checkouts.clone(registration) as folder:
        assert (folder / "a.txt").read_bytes() == b"a\r\n"
        assert os.access(folder / "run", os.X_OK)
        assert (folder / "link").is_symlink()
        checkouts.require_clean(folder)


@pytest.mark.parametrize("kind", ["bytes", "files"])
def test_a_clone_that_unfolds_is_refused_before_it_does(
    kind: str, lair: Lair, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "bytes":
        lair.write("bomb", b"y\n" * (24 * 1024 * 1024))
    for number in range(30):
        lair.write(f"many/{number}", "x")
    lair.commit()
    shutil.rmtree(lair.root / "many")
    monkeypatch.setattr(checkouts, "MOST", 16 * 1024 * 1024)
    monkeypatch.setattr(checkouts, "FILES", 100 if kind == "bytes" else 10)
    registration = Registration(name="orders", team="pay", repository=lair.root.as_uri())
    with pytest.raises(ToolFailed, match="are taken in") as raised, checkouts.clone(registration):
        pytest.fail("it was cloned")
    assert raised.value.faults[0].code == "repository-too-large"


def test_a_pack_without_end_is_given_up(lair: Lair, monkeypatch: pytest.MonkeyPatch) -> None:
    lair.write("noise", os.urandom(4 * 1024 * 1024))
    lair.commit()
    monkeypatch.setattr(checkouts, "MOST", 1024 * 1024)
    registration = Registration(name="orders", team="pay", repository=lair.root.as_uri())
    with pytest.raises(ToolFailed) as raised, checkouts.clone(registration):
        pytest.fail("it was cloned")
    assert raised.value.faults[0].code == "repository-unreachable"
