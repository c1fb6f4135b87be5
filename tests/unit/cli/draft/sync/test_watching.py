from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.disk import watcher
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.rise import away, rising
from pipelinekit.cli.draft.rise.outcome import Outcome
from pipelinekit.cli.draft.sync import syncing, watching
from pipelinekit.cli.draft.sync.watching import watched
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import DocumentInvalid, Fault, ToolMissing, refused
from pipelinekit.model.sources import Layout
from tests import examples

LAYOUT = Layout(runtime="python")
MISSING = ToolMissing(Fault("engine-missing", "nobody listens"))

APP = """
apiVersion: pipelinekit/v1
kind: Application
metadata: {{name: api, team: apps}}
build: {{language: go{}}}
"""


@pytest.mark.parametrize(
    ("folder", "counting", "silent"),
    [
        ("", ["main.go", "lib/a.go"], [".pipelinekit/lock.yaml", "notes/a.txt", "lib/x.log"]),
        (
            ", folder: services/api",
            ["services/api/main.go", "go.mod", "lib/a.go", "services/other/a.go"],
            [
                ".git/index",
                "services/api/.pipelinekit/lock.yaml",
                "services/api/notes/a.txt",
                "lib/x.log",
                "services/api/x.log",
            ],
        ),
    ],
)
def test_all_that_an_image_is_built_from_is_watched(
    tmp_path: Path, folder: str, counting: list[str], silent: list[str]
) -> None:
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    (tmp_path / ".git" / "refs").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    root = tmp_path / "services" / "api"
    root.mkdir(parents=True)
    (root / "app.yaml").write_text(APP.format(folder))
    (root / ".draftignore").write_text("*.log\nnotes/a.txt\n")
    there, counts = watched(Draft(Options(path=str(root)), Words(home=str(tmp_path / "home"))))
    assert there == (tmp_path if folder else root)
    assert [each for each in (*counting, *silent) if counts(each)] == counting


@pytest.mark.parametrize(
    ("text", "counting", "silent"),
    [
        ("*.log\n!keep.log\n", ["keep.log", "a/keep.log"], ["x.log", "a/b/x.log"]),
        ("!keep.log\n*.log\n", [], ["keep.log", "a/keep.log"]),
        ("build/\n", ["builds"], ["build/a", "a/build/b"]),
        ("a/x\n/y\n", ["b/a/x", "x"], ["a/x", "y"]),
        ("# *\n  *.pyc  \n\r\n", ["# a", "a.py"], ["a.pyc", "a/b.pyc"]),
        ("\ufeff*.log\r\n!\\!x.log\r\n", ["!x.log", "a/!x.log"], ["x.log"]),
        ("**\n!src/**\n", ["src/a"], ["a", "b/a"]),
    ],
)
def test_what_draftignore_takes_back_in_is_watched(
    tmp_path: Path, text: str, counting: list[str], silent: list[str]
) -> None:
    here = developer(tmp_path)
    (tmp_path / ".draftignore").write_text(text, newline="")
    _, counts = watched(here)
    assert [each for each in (*counting, *silent) if counts(each)] == counting


def test_a_draftignore_that_changes_amid_a_watch_is_heeded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, counts = watched(developer(tmp_path))
    assert counts("x.log")
    path = tmp_path / ".draftignore"
    path.write_text("*.log\n")
    assert not counts("x.log")
    # One that is wrong is told, and what held before holds still.
    path.write_text("[\n")
    assert not counts("x.log")
    assert counts("x.py")
    assert capsys.readouterr().err.count(".draftignore:1: '[' is no pattern") == 1
    path.unlink()
    assert counts("x.log")


class Session:
    """What a session is given to build with."""

    def __init__(self, here: Draft) -> None:
        self.here, self.layout = here, LAYOUT

    def anew(self, here: Draft, found: Layout) -> None:
        self.here, self.layout = here, found


def developer(root: Path) -> Draft:
    (root / "app.yaml").write_text(APP.format(""))
    (root / "draft.toml").write_text('[environments.development]\nset = ["a=1"]\n')
    here = Draft(Options(path=str(root)), Words(home=str(root / "home")))
    assert here.settings.set == ("a=1",)
    assert here.app.name == "api"
    # What `pinned` has chosen.
    here.__dict__ |= {"contexts": None, "context": None, "target": examples.target()}
    return here


def heard(*counts: int) -> Any:
    def changes(*_: Any) -> Iterator[int]:
        yield from counts

    return changes


def test_a_session_builds_with_the_documents_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "able", lambda _: LAYOUT)
    session: Any = Session(developer(tmp_path))
    (tmp_path / "draft.toml").write_text('[environments.development]\nset = ["a=2"]\n')
    watching._look_anew(session)
    assert session.here.settings.set == ("a=2",)


def test_a_document_that_is_wrong_is_told_by_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session: Any = Session(developer(tmp_path))
    (tmp_path / "app.yaml").write_text("kind: Nothing\n")
    watching._look_anew(session)
    with pytest.raises(DocumentInvalid):
        assert session.here.app


def test_builds_after_a_session_have_the_documents_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = developer(tmp_path)

    def ended(*_: Any) -> None:
        (tmp_path / "draft.toml").write_text('[environments.development]\nset = ["a=2"]\n')
        raise refused("sync-layout", "no more")

    def bring_up(now: Draft, *_: Any) -> Outcome:
        built.append(now.settings.set)
        return Outcome(namespace="")

    built: list[tuple[str, ...]] = []
    monkeypatch.setattr(syncing, "able", lambda _: LAYOUT)
    monkeypatch.setattr(watching, "_sync", ended)
    monkeypatch.setattr(watcher, "changes", heard(0))
    monkeypatch.setattr(rising, "bring_up", bring_up)
    watching.follow(here, examples.target(), rising.Asked(), sync=True)
    assert built == [("a=2",)]


def test_a_folder_that_is_gone_for_a_moment_ends_no_session_and_no_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "app"
    root.mkdir()
    here = developer(root)
    session: Any = Session(here)
    shutil.rmtree(root)
    watching._look_anew(session)
    assert session.here is here
    watching.Builds(here, here.target, rising.Asked()).turn(0)
    assert f"there is no folder {root}" in capsys.readouterr().err


def test_what_stands_where_this_was_begun_counts_and_not_what_was_moved_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "app"
    root.mkdir()
    monkeypatch.chdir(root)
    # As it is with no folder named: the path is the terminal's own folder.
    here = developer(root)
    here.options = replace(here.options, path=".")
    root.rename(tmp_path / "old")
    root.mkdir()
    (root / "draft.toml").write_text('[environments.development]\nset = ["a=3"]\n')
    assert watching._anew(here).settings.set == ("a=3",)
    shutil.rmtree(tmp_path / "old")
    assert watching._anew(here).settings.set == ("a=3",)


def test_a_build_that_an_engine_was_away_for_is_made_when_it_is_back_with_what_has_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, moment, gone, built = developer(tmp_path), [100.0], [True], list[tuple[str, ...]]()

    def ask() -> None:
        if gone:
            raise MISSING

    def bring_up(now: Draft, *_: Any) -> Outcome:
        if gone:
            raise MISSING
        built.append(now.settings.set)
        return Outcome(namespace="", sentence="it runs")

    monkeypatch.setattr(away, "questions", lambda *_: {"the engine": ask})
    monkeypatch.setattr(rising, "bring_up", bring_up)
    builds = watching.Builds(here, here.target, rising.Asked())
    builds.waiting._clock = lambda: moment[0]
    builds.turn(0)
    stale = f"stale: {here.target.name} in {here.target.namespace} is not what the folder holds"
    said = capsys.readouterr()
    assert (said.out, said.err.count("nobody listens")) == (f"{stale}\n", 1)
    for _ in range(10):
        moment[0] += 60
        assert not builds.pending()
    assert capsys.readouterr() == ("", "")
    (tmp_path / "draft.toml").write_text('[environments.development]\nset = ["a=2"]\n')
    builds.turn(1)
    assert capsys.readouterr().out == f"{stale}: waiting for the engine\n"
    gone.clear()
    moment[0] += 60
    assert builds.pending()
    builds.turn(0)
    assert (built, capsys.readouterr().out) == ([("a=2",)], "it runs\n")
    moment[0] += 600
    assert not builds.pending()


def test_a_failure_that_comes_again_without_a_change_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bring_up(*_: Any) -> Outcome:
        raise MISSING

    here = developer(tmp_path)
    monkeypatch.setattr(away, "questions", lambda *_: {})
    monkeypatch.setattr(rising, "bring_up", bring_up)
    builds = watching.Builds(here, here.target, rising.Asked())
    for count in (0, 0, 0, 1):
        builds.turn(count)
    said = capsys.readouterr()
    assert (said.out.count("stale: "), said.err.count("nobody listens")) == (2, 2)


def test_a_watch_asks_whether_it_is_time_for_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(*given: Any) -> Iterator[int]:
        given_to.extend(given)
        yield 0

    given_to: list[Any] = []
    monkeypatch.setattr(watcher, "changes", changes)
    monkeypatch.setattr(watching.Builds, "turn", lambda *_: None)
    here = developer(tmp_path)
    watching.follow(here, here.target, rising.Asked(), sync=False)
    assert given_to[-1].__name__ == "pending"


@pytest.mark.parametrize("tasks", ["", "pre-up", "post-up"])
def test_what_an_up_has_written_itself_brings_about_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tasks: str
) -> None:
    if tasks:
        (tmp_path / ".draft-tasks.toml").write_text(f'[{tasks}]\n"makes" = "make"\n')
    here, holds, ups = developer(tmp_path), ["one"], list[str]()

    def bring_up(*_: Any) -> Outcome:
        ups.append(holds[0])
        return Outcome(namespace="", sentence="it runs", made_of=(holds[0],))

    monkeypatch.setattr(rising, "bring_up", bring_up)
    monkeypatch.setattr(watching, "_made_of", lambda _: (holds[0],))
    builds = watching.Builds(here, here.target, rising.Asked())
    builds.turn(0)
    builds.turn(1)
    # Without tasks nobody but a person has done it, and wants to see what is there mended.
    assert ups == (["one"] if tasks else ["one", "one"])
    holds[:] = ["two"]
    builds.turn(1)
    assert ups[-1] == "two"
    assert capsys.readouterr().err.count("holds what was brought up") == bool(tasks)


def test_an_up_that_has_failed_is_tried_again_whatever_the_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".draft-tasks.toml").write_text('[pre-up]\n"makes" = "make"\n')
    here, ends = developer(tmp_path), iter((True, False, True))

    def bring_up(*_: Any) -> Outcome:
        if next(ends):
            return Outcome(namespace="", made_of=("one",))
        raise refused("guard", "no")

    monkeypatch.setattr(rising, "bring_up", bring_up)
    looks = iter((("two",), ("one",)))
    monkeypatch.setattr(watching, "_made_of", lambda _: next(looks))
    builds = watching.Builds(here, here.target, rising.Asked())
    for count in (0, 1, 1):
        builds.turn(count)
    assert next(ends, None) is None
