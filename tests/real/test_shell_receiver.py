"""The receiver that is a shell's: what it does to a folder, under each shell that this machine has."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.running.conversation import Conversation, Gone
from pipelinekit.adapters.sync import shells
from pipelinekit.errors import ToolFailed
from pipelinekit.model.sources import Content, Entry, Sending, Tree
from pipelinekit.plan.sync.batches import difference, digest_of
from tests import examples
from tests.real import kubectl

TARGET = examples.target()
SHELLS = [each for each in ("dash", "bash") if shutil.which(each)]


def file(text: str, mode: str = "-") -> Content:
    data = text.encode()
    return Content(entry=Entry("f", mode, hashlib.sha256(data).hexdigest()), data=data)


def link(target: str) -> Content:
    data = target.encode()
    return Content(entry=Entry("l", "-", hashlib.sha256(data).hexdigest()), data=data)


FOLDER = Content(entry=Entry("d", "-", ""))
FIRST = {
    "index.html": file("<h1>Hello</h1>"),
    "a": FOLDER,
    "a/b c": FOLDER,
    "a/b c/-rf": file("a word like an option"),
    "a/b c/--": file(""),
    "a/$(id) `id` ;'\"*?[x]": file("no program's word"),
    "ä/é.txt": file("é"),
    "ä": FOLDER,
    "run.sh": file("#!/bin/sh\n", "x"),
    "there": link("index.html"),
    "nowhere": link("/no/such thing"),
}
THEN = {
    "index.html": file("<h1>Other</h1>"),
    # What was a folder is a file, what was a file is a folder, what was a link is a file.
    "a": file("a file now"),
    "run.sh": FOLDER,
    "run.sh/inner": file("x"),
    "there": file("a file now"),
    "nowhere": link("index.html"),
    "ä": FOLDER,
    "ä/é.txt": file("é", "x"),
}


class Pod:
    """Receivers whose kubectl is this machine's shell, in a folder."""

    def __init__(self, at: Path, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.outside = at / "html", at / "outside"
        for each in (self.root, self.outside):
            each.mkdir()
        self.state = at / "state"
        monkeypatch.setattr(shells, "FOLDER", str(self.state))

        kubectl.here(at, monkeypatch, shell)
        self.receivers = shells.ShellReceivers({}, str(self.root))

    def whole(self, contents: Mapping[str, Content], gone: Sequence[str] = ()) -> str:
        tree = tree_of(contents)
        sending = Sending(contents=contents, gone=gone, tree=tree)
        return self.receivers.apply(TARGET, "p", "c", sending).digest

    def tree(self) -> Tree:
        """What is in the folder, looked at apart from the receiver."""
        found = {}
        for each in self.root.rglob("*"):
            path = each.relative_to(self.root).as_posix()
            if each.is_symlink():
                found[path] = link(str(each.readlink())).entry
            elif each.is_dir():
                found[path] = FOLDER.entry
            else:
                mode = "x" if each.stat().st_mode & 0o100 else "-"
                found[path] = Entry("f", mode, hashlib.sha256(each.read_bytes()).hexdigest())
        return found


def tree_of(contents: Mapping[str, Content]) -> Tree:
    return {path: each.entry for path, each in contents.items()}


@pytest.fixture(params=SHELLS)
def pod(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pod]:
    made = Pod(tmp_path, request.param, monkeypatch)
    yield made
    made.receivers.close()


def test_a_batch_makes_one_tree_of_another(pod: Pod) -> None:
    (pod.root / "index.html").write_text("the image's")
    assert not pod.receivers.compare(TARGET, "p", "c", tree_of(FIRST)).known
    assert pod.whole(FIRST) == digest_of(tree_of(FIRST))
    assert pod.tree() == tree_of(FIRST)
    found = pod.receivers.compare(TARGET, "p", "c", tree_of(FIRST))
    assert (found.known, found.lacking, found.extra) == (True, (), ())
    batch = difference(tree_of(FIRST), tree_of(THEN))
    contents = {path: THEN[path] for path in batch.put}
    sending = Sending(contents=contents, gone=batch.gone, base=digest_of(tree_of(FIRST)))
    assert pod.receivers.apply(TARGET, "p", "c", sending).digest == digest_of(tree_of(THEN))
    assert pod.tree() == tree_of(THEN)
    # Once more, it is not the folder that the batch was made for.
    assert pod.receivers.apply(TARGET, "p", "c", sending).state == "lost"
    assert pod.tree() == tree_of(THEN)


def test_what_somebody_has_changed_is_lacking_and_what_is_too_much_is_known(pod: Pod) -> None:
    pod.whole(FIRST)
    (pod.root / "index.html").write_text("changed by the program")
    (pod.root / "a/b c/-rf").unlink()
    (pod.root / "own").write_text("of the program")
    left = {path: each for path, each in tree_of(FIRST).items() if path != "run.sh"}
    found = pod.receivers.compare(TARGET, "p", "c", left)
    assert (set(found.lacking), found.extra) == ({"index.html", "a/b c/-rf"}, ("run.sh",))


def test_nothing_behind_a_link_is_removed_counted_or_written(pod: Pod) -> None:
    (pod.outside / "kept").write_text("of somebody else")
    pod.whole({"media": FOLDER, "media/kept": file("mine")})
    shutil.rmtree(pod.root / "media")
    (pod.root / "media").symlink_to(pod.outside)
    tree = {"media": FOLDER.entry, "media/kept": file("of somebody else").entry}
    found = pod.receivers.compare(TARGET, "p", "c", tree)
    assert (set(found.lacking), found.extra) == ({"media", "media/kept"}, ())
    sending = Sending(contents={}, gone=("media/kept",), tree={})
    pod.receivers.apply(TARGET, "p", "c", sending)
    assert (pod.outside / "kept").read_text() == "of somebody else"
    made = {"media": FOLDER, "media/kept": file("mine")}
    assert pod.whole(made) == digest_of(tree_of(made))
    assert (pod.outside / "kept").read_text() == "of somebody else"


@pytest.mark.parametrize("path", ["../outside/made", "a/../../outside/made", "./x", "a//b"])
def test_no_path_leads_out(pod: Pod, path: str) -> None:
    with pytest.raises(ToolFailed):
        pod.whole({path: file("x")})
    assert not list(pod.outside.iterdir())


def test_a_batch_that_ends_in_the_middle_changes_nothing(pod: Pod, monkeypatch: pytest.MonkeyPatch) -> None:
    pod.whole(FIRST)
    ask = Conversation.ask

    def half(own: Conversation, told: Iterable[bytes], *more: Any) -> list[bytes]:
        head, packed = told
        with pytest.raises(Gone):
            ask(own, (head, packed[:-12_000]), lambda _: False, 1)
        raise Gone("the connection is lost")

    monkeypatch.setattr(Conversation, "ask", half)
    with pytest.raises(ToolFailed):
        pod.whole({**THEN, "large": file("x" * 100_000)})
    monkeypatch.setattr(Conversation, "ask", ask)
    assert pod.receivers.compare(TARGET, "p", "c", tree_of(FIRST)).is_same
    assert pod.tree() == tree_of(FIRST)


def test_many_files_are_one_batch(pod: Pod) -> None:
    many = {f"d{number % 20}/{number}.txt": file(str(number)) for number in range(1500)}
    made = {**{f"d{number}": FOLDER for number in range(20)}, **many}
    assert pod.whole(made) == digest_of(tree_of(made))
