"""A session's turns: what is said of the pods is what they were found to have."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelinekit.adapters.cluster.pods import streams
from pipelinekit.cli.draft.rise import away, rising
from pipelinekit.cli.draft.sync import syncing
from pipelinekit.cli.draft.sync.syncing import Session
from pipelinekit.errors import PipelinekitError, failed
from pipelinekit.model.sources import Applied, Layout, Sending
from pipelinekit.steps.innerloop.copies import Copies
from pipelinekit.steps.innerloop.image import TRIES
from tests import developers, examples

TARGET = examples.target()


class Deaf(developers.Receivers):
    """Receivers that do not answer while they are `away`."""

    away = False

    def apply(self, target: Any, pod: str, container: str, sending: Sending) -> Applied:
        if self.away:
            raise failed("sync-failed", f"{container} of {pod}: no space left")
        return super().apply(target, pod, container, sending)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Session:
    """One whose image was made of the folder, and whose pod has it."""
    still = SimpleNamespace(ended=threading.Event(), stop=lambda: None)
    monkeypatch.setattr(streams, "changes", lambda *_: still)
    pod = replace(developers.pod("one"), synced=("web",))
    here: Any = SimpleNamespace(
        root=tmp_path,
        kube={},
        settings=SimpleNamespace(dockerfile=""),
        pods=developers.DraftPods((pod,)),
    )
    made = Session(here, TARGET, rising.Asked(), Layout(runtime="python"))
    folder = developers.Folder({"a.py": "1", "b.py": "2"})
    made.folder = cast("Any", folder)
    made.built = folder.look()
    builds: list[bool] = []
    monkeypatch.setattr(made, "_build", lambda: builds.append(True))
    cast("Any", made).builds_begun = builds
    receivers = Deaf({"one": dict(made.built.sources)})
    made.copies = Copies(TARGET, made.built.sources, folder, receivers)
    made.turn(0)
    return made


def world(session: Session) -> tuple[dict[str, str], Deaf]:
    assert session.copies
    return cast("Any", session.folder).files, cast("Any", session.copies.receivers)


def test_what_does_not_get_there_is_told_once_and_so_is_its_end(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    files, receivers = world(session)
    receivers.away = True
    files["a.py"] = "changed"
    session.turn(1)
    for _ in range(3):
        assert session.due
        session.turn(0)
    said = capsys.readouterr()
    assert (said.err.count("no space left"), said.out.count("stale: ")) == (1, 1)
    session.turn(1)
    assert capsys.readouterr().out.count("stale: ") == 1, "each change has its answer"
    assert not cast("Any", session).builds_begun
    receivers.away = False
    session.turn(0)
    assert "what the folder holds runs" in capsys.readouterr().out


def test_a_change_that_is_taken_back_ends_the_doubt_in_words(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    files, receivers = world(session)
    receivers.away = True
    files["a.py"] = "changed"
    session.turn(1)
    files["a.py"] = "1"
    assert "again" not in capsys.readouterr().out
    session.turn(1)
    assert capsys.readouterr().out == f"orders in {TARGET.namespace} is what the folder holds again\n"
    session.turn(0)
    assert capsys.readouterr().out == ""


def test_pods_that_are_gone_are_not_said_to_have_anything(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    files, receivers = world(session)
    receivers.away = True
    files["a.py"] = "changed"
    session.turn(1)
    cast("Any", session.here.pods).there = ()
    session.turn(0)
    assert "again" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("there", "counts", "builds"),
    [
        # Another `draft up` has brought it up without sync: no save would get there.
        ((developers.pod("two"),), [0], 1),
        # It does not run yet, and the one before goes on.
        ((developers.pod("two", ready=False),), [0], 0),
        ((replace(developers.pod("one"), synced=("web",)), developers.pod("two")), [0], 0),
        # Asleep, until somebody works on it.
        ((), [0, 0], 0),
        ((), [0, 1], 1),
    ],
)
def test_pods_that_take_no_sources_any_more_are_brought_up_again(
    session: Session, there: Any, counts: list[int], builds: int
) -> None:
    cast("Any", session.here.pods).there = there
    for count in counts:
        session.news.set()
        session.turn(count)
    assert len(cast("Any", session).builds_begun) == builds


class Outage:
    """What a session asks may be `gone`; its time is this one's."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gone: PipelinekitError | None = None
        self.time = 1000.0
        self.session, self.pods = session, session.here.pods
        monkeypatch.setattr(away, "questions", lambda *_: {CLUSTER: self.ask})
        monkeypatch.setattr("time.monotonic", lambda: self.time)
        session.waiting._clock = lambda: self.time
        monkeypatch.setattr(session.here, "pods", SimpleNamespace(pods=self.there))
        session.listens = self.time

    def ask(self) -> None:
        if self.gone:
            raise self.gone

    def there(self, target: Any) -> Any:
        self.ask()
        return self.pods.pods(target)

    def begins(self) -> None:
        """The API server goes, and so does what it tells."""
        self.gone = SILENT
        self.session.changes.ended.set()

    def passes(self, seconds: float) -> None:
        until = self.time + seconds
        while self.time < until:
            self.time += 0.5
            if self.session.pending():
                self.session.turn(0)


CLUSTER = f"the API server of {TARGET.context}"
SILENT = failed("cluster-unreachable", "the cluster does not answer")


def test_an_api_server_that_goes_and_comes_while_nothing_changes_is_told_and_gone_back_to(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outage, (files, receivers) = Outage(session, monkeypatch), world(session)
    image = dict(receivers.folders["one"])
    files["a.py"] = "saved"
    session.turn(1)
    capsys.readouterr()
    listens: list[threading.Event] = []

    def changes(*_: Any) -> Any:
        made = SimpleNamespace(ended=threading.Event(), stop=lambda: None)
        listens.append(made.ended)
        if outage.gone:
            made.ended.set()
        return made

    monkeypatch.setattr(streams, "changes", changes)
    outage.begins()
    outage.passes(120)
    said = capsys.readouterr()
    assert said.err.count("does not answer") == 1
    assert f"waiting for {CLUSTER}: " in said.err
    assert said.out == f"not known whether orders in {TARGET.namespace} is what the folder holds\n"
    assert len(listens) < 10
    # Meanwhile another pod has come, and has nothing of what was saved since the image.
    outage.gone = None
    cast("Any", outage.pods).there = (replace(developers.pod("two"), synced=("web",)),)
    receivers.folders["two"] = image
    outage.passes(60)
    said = capsys.readouterr()
    assert f"{CLUSTER} answers again" in said.err
    assert "what the folder holds again" in said.out
    assert receivers.folders["two"] == receivers.folders["one"]
    assert not listens[-1].is_set()


def test_what_is_saved_while_the_api_server_is_away_gets_there_when_it_is_back(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outage, (files, receivers) = Outage(session, monkeypatch), world(session)
    outage.begins()
    files["a.py"] = "changed"
    session.turn(1)
    files["b.py"] = "changed as well"
    session.turn(1)
    stale = f"stale: orders in {TARGET.namespace} is not what the folder holds"
    assert capsys.readouterr().out == f"{stale}\n{stale}: waiting for {CLUSTER}\n"
    outage.gone = None
    outage.passes(60)
    assert receivers.folders["one"] == {path: developers.file(text) for path, text in files.items()}
    said = capsys.readouterr().out
    assert "what the folder holds runs" in said
    assert not session.doubt


def test_a_watch_of_pods_that_ends_by_itself_is_begun_again_in_silence(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outage = Outage(session, monkeypatch)
    before = session.changes
    monkeypatch.setattr(
        streams, "changes", lambda *_: SimpleNamespace(ended=threading.Event(), stop=lambda: None)
    )
    before.ended.set()
    outage.passes(2 * syncing.DEAF)
    assert session.changes is not before
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("rests", [2, 100])
def test_a_task_that_writes_what_is_built_anew_each_time_ends_in_words(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rests: int
) -> None:
    files, _ = world(session)
    folder: Any = session.folder
    folder.building = frozenset(("made.txt",))
    ups: list[int] = []

    def bring_up(*_: Any) -> Any:
        ups.append(len(ups))
        files["made.txt"] = str(min(len(ups), rests))
        return SimpleNamespace(sentence="it runs")

    monkeypatch.undo()
    monkeypatch.setattr(streams, "changes", lambda *_: SimpleNamespace(ended=threading.Event()))
    monkeypatch.setattr(rising, "bring_up", bring_up)
    monkeypatch.setattr(syncing, "developed", lambda *_: None)
    monkeypatch.setattr(
        syncing, "receivers", lambda *_: developers.Receivers({"one": dict(folder.look().sources)})
    )
    monkeypatch.setattr(away, "questions", lambda *_: {})
    cast("Any", session.here).settings.watch_delay = 0
    monkeypatch.setattr(session.here, "helm", SimpleNamespace(state=lambda _: None), raising=False)
    session.built = None
    session.turn(1)
    for _ in range(20):
        if session.pending():
            session.turn(0)
    assert len(ups) == (3 if rests == 2 else TRIES)
    said = capsys.readouterr().err
    assert ("files have changed with each of" in said) == (rests == 100)
