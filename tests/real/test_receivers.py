"""What the receivers do to the folder in a pod, and that they do nothing outside of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.sync.receivers import programs
from pipelinekit.plan.sync.values import words
from tests.real import app
from tests.testbed import binaries
from tests.testbed.layout import Layout

RUNTIMES = ("python", "node")


class Container:
    """The folders that a receiver sees, and what has been put beside them."""

    def __init__(self, at: Path, runtime: str, program: str) -> None:
        self.root, self.folder, self.outside = at / "app", at / "state", at / "outside"
        for each in (self.root, self.folder, self.outside):
            each.mkdir()
        argv = words(runtime, programs(runtime)["receive"], str(self.root), str(self.folder))
        self.words = [program, *argv[1:]]

    def remember(self, *paths: str) -> None:
        (self.folder / "tree.json").write_text(json.dumps(dict.fromkeys(paths)))

    def ask(self, **head: Any) -> dict[str, Any]:
        told = json.dumps(head).encode() + b"\n"
        done = subprocess.run(self.words, input=told, capture_output=True, check=False, timeout=30)
        assert not done.returncode, done.stderr.decode()
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict)
        return answer


@pytest.fixture(params=RUNTIMES)
def container(request: pytest.FixtureRequest, tmp_path: Path) -> Container:
    """A container of each runtime; the testbed's images have the same node."""
    if request.param == "python":
        return Container(tmp_path, "python", sys.executable)
    request.getfixturevalue("testbed")
    node = binaries.unpacked(Layout.from_environment(), binaries.NODE) / "bin" / "node"
    return Container(tmp_path, "node", str(node))


def test_nothing_behind_a_link_is_removed_or_counted(container: Container) -> None:
    (container.outside / "kept").write_text("of somebody else")
    (container.root / "media").symlink_to(container.outside)
    container.remember("media/kept")
    found = container.ask(ask=True, tree={"media/kept": ["f", "-", "x"]})
    assert found == {"due": False, "known": True, "lacking": ["media/kept"], "extra": []}
    assert container.ask(ask=True, tree={})["extra"] == []
    container.ask(ask=False, tree={}, base="", gone=["media/kept"], put=[], again=False)
    assert (container.outside / "kept").read_text() == "of somebody else"


def test_what_was_in_a_folder_is_gone_where_a_file_stands_now(container: Container) -> None:
    (container.root / "media").write_text("a file")
    container.remember("media", "media/old")
    assert container.ask(ask=True, tree={})["extra"] == ["media"]
    container.ask(ask=False, tree={}, base="", gone=["media/old"], put=[], again=False)
    assert (container.root / "media").read_text() == "a file"


@pytest.mark.parametrize("path", ["../kept", "/kept", "a/../../kept", "", "."])
def test_no_path_leads_out(container: Container, path: str) -> None:
    with pytest.raises(AssertionError, match="no path inside"):
        container.ask(ask=False, tree={}, base="", gone=[path], put=[], again=False)


def test_a_program_that_was_not_begun_again_is_known_until_it_is(container: Container) -> None:
    # In a space of its own, where nobody hears that the program is to begin again.
    receiver = container.words
    container.words = ["unshare", "--pid", "--fork", "--kill-child", *receiver]
    batch = {"ask": False, "base": "", "gone": [], "put": [], "port": 0, "patience": 0}
    assert container.ask(**batch, tree={}, again=True)["state"] == "silent"
    container.words = receiver
    assert container.ask(ask=True, tree={})["due"]
    runtime = "python" if "-c" in receiver else "node"
    begins = words(runtime, programs(runtime)["run"], str(container.folder), "true")
    with subprocess.Popen([receiver[0], *begins[1:]]) as program:
        known = lambda: not container.ask(ask=True, tree={})["due"]  # noqa: E731
        try:
            assert app.eventually(known, 10)
        finally:
            program.terminate()
