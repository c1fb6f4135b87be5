"""The streams to receivers: one for many batches, none of which is lost when it ends, and none that stays."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.running import conversation
from pipelinekit.adapters.running.conversation import Conversation, Gone
from pipelinekit.adapters.sync import receivers, shells, streams
from pipelinekit.errors import ToolFailed
from pipelinekit.model.sources import Content, Entry, Sending, Tree
from pipelinekit.plan.sync.batches import difference, digest_of
from tests import examples
from tests.real import app, kubectl
from tests.testbed import binaries
from tests.testbed.layout import Layout

TARGET = examples.target()


def file(text: str) -> Content:
    data = text.encode()
    return Content(entry=Entry("f", "-", hashlib.sha256(data).hexdigest()), data=data)


class Pod:
    """A folder with a receiver in front of it, in a container that is this machine."""

    def __init__(self, at: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = at / "app"
        self.root.mkdir()
        self.log = kubectl.here(at, monkeypatch)
        monkeypatch.setattr(shells, "FOLDER", str(at / "state"))
        monkeypatch.setattr(receivers, "FOLDER", str(at / "state"))
        root = str(self.root)
        self.receivers = shells.ShellReceivers({}, root) if kind == "sh" else self._of(kind, root)
        self.files: dict[str, Content] = {}

    def _of(self, kind: str, root: str) -> receivers.PodReceivers:
        return receivers.PodReceivers({}, kind, root)

    def begun(self) -> list[int]:
        """The processes that have been begun so far."""
        return [int(each) for each in self.log.read_text().split()]

    def tree(self) -> Tree:
        return {path: each.entry for path, each in self.files.items()}

    def send(self, **changed: str) -> str:
        """Bring what has changed, as a session does it; the folder's digest afterwards."""
        before = self.tree()
        self.files |= {path: file(text) for path, text in changed.items()}
        batch = difference(before, self.tree())
        contents = {path: self.files[path] for path in batch.put}
        whole = None if before else self.tree()
        sending = Sending(contents=contents, base=digest_of(before), tree=whole, again=False)
        done = self.receivers.apply(TARGET, "p", "c", sending)
        return done.digest or done.state

    def holds(self) -> dict[str, str]:
        return {each.name: each.read_text() for each in self.root.iterdir() if each.is_file()}


@pytest.fixture(params=["python", "sh"])
def pod(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pod]:
    if request.param == "node":
        request.getfixturevalue("testbed")
        node = binaries.unpacked(Layout.from_environment(), binaries.NODE) / "bin"
        monkeypatch.setenv("PATH", f"{node}:{os.environ['PATH']}")
    made = Pod(tmp_path, request.param, monkeypatch)
    yield made
    made.receivers.close()


def is_over(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_many_batches_are_one_stream(pod: Pod) -> None:
    for number in range(5):
        assert pod.send(a=str(number), large="x" * (number * 90_000)) == digest_of(pod.tree())
        assert pod.receivers.compare(TARGET, "p", "c", pod.tree()).is_same
    assert pod.holds() == {"a": "4", "large": "x" * 360_000}
    assert len(pod.begun()) == 1


def test_a_batch_for_another_folder_is_lost_and_the_next_one_is_whole(pod: Pod) -> None:
    pod.send(a="1")
    contents = {"b": file("never written " * 9000)}
    sending = Sending(contents=contents, base="of another folder", again=False)
    assert pod.receivers.apply(TARGET, "p", "c", sending).state == "lost"
    assert pod.send(c="3") == digest_of(pod.tree())
    assert pod.holds() == {"a": "1", "c": "3"}
    assert len(pod.begun()) == 1


def test_a_stream_that_has_ended_is_begun_again(pod: Pod) -> None:
    pod.send(a="1")
    os.kill(pod.begun()[0], signal.SIGKILL)
    assert pod.send(a="2") == digest_of(pod.tree())
    assert (pod.holds(), len(pod.begun())) == ({"a": "2"}, 2)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_no_batch_is_lost_with_the_stream_that_it_was_on(
    pod: Pod, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended before the batch, in the middle of it, and when all of it was told but not answered."""
    pod.send(a="1")
    first = pod.begun()[0]
    ask = Conversation.ask

    def cut(told: Iterable[bytes]) -> Iterator[bytes]:
        data = b"".join(told)
        yield data[: int(len(data) * share)]
        os.kill(first, signal.SIGKILL)
        yield data[int(len(data) * share) :] or b" "

    def asked(own: Conversation, told: Iterable[bytes], *more: Any) -> list[bytes]:
        monkeypatch.setattr(Conversation, "ask", ask)
        return ask(own, cut(told), *more)

    monkeypatch.setattr(Conversation, "ask", asked)
    said = pod.send(a="2", large="x" * 300_000)
    # What was written already is no folder for this batch: the sender compares, and finds nothing to be done.
    assert said in {"lost", digest_of(pod.tree())}
    if said == "lost":
        found = pod.receivers.compare(TARGET, "p", "c", pod.tree())
        whole = Sending(contents=pod.files, tree=pod.tree(), gone=found.extra, again=False)
        assert pod.receivers.apply(TARGET, "p", "c", whole).digest == digest_of(pod.tree())
    assert pod.holds() == {"a": "2", "large": "x" * 300_000}
    assert len(pod.begun()) == 2


@pytest.mark.parametrize("pod", ["python", "node", "sh"], indirect=True)
def test_a_volume_that_is_full_is_told_and_the_next_batch_that_fits_is_taken(pod: Pod) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(pod.root)], check=True)
    try:
        pod.send(a="1", b="2")
        with pytest.raises(ToolFailed, match=r"(?i)c of p: .*(no space left|wrote only)"):
            pod.send(large="x" * 3_000_000, a="2")
        assert pod.holds() == {"a": "1", "b": "2"}
        pod.files = {"a": file("1"), "b": file("2")}
        assert pod.send(a="3") == digest_of(pod.tree())
        assert pod.holds() == {"a": "3", "b": "2"}
    finally:
        pod.receivers.close()
        subprocess.run(["umount", "--lazy", str(pod.root)], check=True)


def test_what_keeps_ending_is_told_with_its_reason(pod: Pod) -> None:
    (pod.log.parent / "bin" / "kubectl").write_text("#!/bin/sh\necho error: no such pod >&2\nexit 1\n")
    with pytest.raises(ToolFailed, match="c of p: no such pod"):
        pod.send(a="1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("exec sleep 60", "no answer in time"), ("exec yes", "an answer of more than 0 MiB")],
)
def test_what_does_not_answer_is_ended(
    pod: Pod, text: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LATEST", 2)
    monkeypatch.setattr("pipelinekit.adapters.running.process.MOST", 100_000)
    if reason.startswith("an") and isinstance(pod.receivers, receivers.PodReceivers):
        # Any line is an answer to it: what never ends one is none. The way to it stays open meanwhile.
        text = "exec 3<&0\nexec tr '\\0' x < /dev/zero"
    (pod.log.parent / "bin" / "kubectl").write_text(f"#!/bin/sh\necho $$ >> {pod.log}\n{text}\n")
    with pytest.raises(ToolFailed, match=reason):
        pod.send(a="1")
    assert all(map(is_over, pod.begun()))


def test_what_is_closed_leaves_no_process_and_other_pods_keep_theirs(pod: Pod) -> None:
    pod.send(a="1")
    pod.receivers.compare(TARGET, "other", "c", {})
    first, second = pod.begun()
    pod.receivers.only({"other"})
    assert (is_over(first), is_over(second)) == (True, False)
    pod.receivers.close()
    assert is_over(second)
    assert pod.send(a="2") == digest_of(pod.tree())


def test_a_killed_session_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = kubectl.here(tmp_path, monkeypatch)
    text = (
        "from pipelinekit.adapters.running.conversation import Conversation; import time; "
        "one = Conversation(['kubectl', '--', 'sleep', '600'], {}); print('begun', flush=True); "
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as session:
        assert session.stdout
        session.stdout.readline()
        assert app.eventually(lambda: bool(log.read_text()), 10)
        process = int(log.read_text())
        assert not is_over(process)
        session.kill()
    assert app.eventually(lambda: is_over(process), 10)


def test_an_interrupted_question_ends_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = kubectl.here(tmp_path, monkeypatch)
    talk = Conversation(["kubectl", "--", "cat"], {})
    assert talk.ask([b"one\n"], lambda _: True, 10) == [b"one"]

    def interrupted(_: bytes) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk.ask([b"two\n"], interrupted, 10)
    assert not talk.going()
    assert is_over(int(log.read_text()))


def test_a_program_that_ends_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl.here(tmp_path, monkeypatch)
    talk = Conversation(["kubectl", "--", "sh", "-c", "read x; echo error: full >&2; exit 3"], {})
    with pytest.raises(Gone, match="full") as gone:
        talk.ask([b"one\n"], lambda _: True, 10)
    assert gone.value.over


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo OSError: full >&2; echo command terminated with exit code 1 >&2; exit 1", "OSError: full"),
        ("echo command terminated with exit code 137 >&2; exit 137", "terminated with exit code 137"),
    ],
)
def test_what_a_program_in_a_pod_said_at_last_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    kubectl.here(tmp_path, monkeypatch)
    talk = Conversation(["kubectl", "--", "sh", "-c", script], {})
    with pytest.raises(Gone, match=reason):
        talk.ask([b"one\n"], b"never".__eq__, 10)


def test_a_program_that_goes_on_and_hears_nothing_has_no_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl.here(tmp_path, monkeypatch)
    talk = Conversation(["kubectl", "--", "sh", "-c", "exec <&-; echo deaf; exec sleep 30"], {})
    assert talk.ask([], b"deaf".__eq__, 10) == [b"deaf"]
    with pytest.raises(Gone, match="it takes nothing more"):
        talk.ask([b"one\n"], b"never".__eq__, 10)


def test_what_takes_nothing_more_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As kubectl goes on when a program in a pod has ended with something left on the way to it."""
    kubectl.here(tmp_path, monkeypatch)
    monkeypatch.setattr(conversation, "STALLED", 1.0)
    talk = Conversation(["kubectl", "--", "sh", "-c", "echo Killed >&2; exec sleep 60"], {})
    with pytest.raises(Gone, match="Killed"):
        talk.ask([b"x" * 1_000_000], lambda _: True, 20)
    assert not talk.going()


def test_what_stands_behind_the_last_line_is_no_answer_and_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl.here(tmp_path, monkeypatch)
    script = "printf 'end\\nmore\\n'; read -r word; sleep 30"
    talk = Conversation(["kubectl", "--", "sh", "-c", script], {})
    with pytest.raises(Gone, match="more than an answer"):
        talk.ask([], b"end".__eq__, 5)
    assert not talk.going()
