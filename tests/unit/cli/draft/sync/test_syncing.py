"""A session's turns: what is said of the pods is what they were found to have."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelinekit.adapters.cluster.pods import streams
from pipelinekit.cli.draft.rise import rising
from pipelinekit.cli.draft.sync.away import WAITED
from pipelinekit.cli.draft.sync.syncing import Session
from pipelinekit.errors import failed
from pipelinekit.model.sources import Applied, Layout, Sending
from pipelinekit.steps.innerloop.copies import Copies
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


def test_an_engine_that_is_away_is_waited_for_in_a_session_too(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([False, False, True])

    def build() -> None:
        if not next(answers):
            raise failed("engine-missing", "no Docker engine answers")

    monkeypatch.setattr(session, "_build", build)
    cast("Any", session).built = None
    session.turn(1)
    assert session.due > 0
    session.turn(0)
    assert session.away.due == session.due > 0
    said = capsys.readouterr().err
    assert (said.count("no Docker engine answers"), said.count(WAITED)) == (1, 1)
    session.turn(0)
    assert not session.away.due


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
