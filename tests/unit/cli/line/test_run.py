from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import click
import pytest

from pipelinekit.cli.line import run
from pipelinekit.cli.options import line
from pipelinekit.cli.wiring import ahead
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import PipelinekitError, Refused, check_failed, refused
from pipelinekit.model.stages import STAGES
from pipelinekit.plan.jenkins.stages import Decision

PACKAGE = Decision(
    stage=next(each for each in STAGES if each.verb == "package"),
    reason="",
    credentials=(),
    command=("package",),
)


class Named:
    name = "loaves"


class Here:
    options, app = Options(), Named()


HERE = cast("Line", Here())


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs that were called; `package` is refused the first time."""
    verbs: list[str] = []

    def call(arguments: Sequence[str]) -> None:
        verbs.append(arguments[0])
        if verbs == ["package"]:
            raise refused("image-moved", "1.2.3 is no longer what was pushed")

    monkeypatch.setattr(run, "_call", call)
    return verbs


def test_where_a_rival_came_after_us_the_verb_that_settles_it_is_done_once_more(called: list[str]) -> None:
    run._done(PACKAGE, HERE, {"build": 1.0, "push": 1.0})
    assert called == ["package", "push", "package"]


def test_what_came_between_is_done_once_more_too(called: list[str]) -> None:
    """A rival's image is told when the chart gets its version: the chart holds the image's digest."""
    run._done(PACKAGE, HERE, {"push": 1.0, "sign": 1.0})
    assert called == ["package", "push", "sign", "package"]


def test_a_run_that_did_not_push_has_nothing_to_settle(called: list[str]) -> None:
    with pytest.raises(Refused):
        run._done(PACKAGE, HERE, {})
    assert called == ["package"]


GENERATE = Decision(stage=STAGES[0], reason="", credentials=(), command=("generate", "--check"))
OTHERS = [PACKAGE, replace(GENERATE, reason="before package")]


@pytest.mark.parametrize(
    ("decisions", "fault", "current"),
    [
        ([GENERATE, PACKAGE], check_failed("not-current", "1 generated file is not current"), False),
        ([GENERATE, PACKAGE], refused("merge-conflict", "both change the same lines"), False),
        ([GENERATE, PACKAGE], None, True),
        (OTHERS, None, None),
    ],
)
def test_the_last_line_says_that_the_generated_files_lack_what_app_yaml_says(
    decisions: list[Decision],
    fault: PipelinekitError | None,
    current: bool | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def call(arguments: Sequence[str]) -> None:
        if arguments[0] == "generate" and fault:
            raise fault

    monkeypatch.setattr(run, "_call", call)
    with ahead.opened() as early:
        run._run(HERE, decisions, early, as_json=True)
        assert json.loads(capsys.readouterr().out)["current"] is current
        run._run(HERE, decisions, early, as_json=False)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("loaves: ")
    assert ("not current" in last) == ("`pipelinekit generate`, commit" in last) == (current is False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Options(platform="env.git", registry="env:5000")),
        (["--platform", "p.git"], Options(platform="p.git", registry="env:5000")),
        (["--platform", "", "--registry", ""], Options()),
        (["--platform", "", "--registry", "r:1", "--namespace", "n"], Options(registry="r:1", namespace="n")),
    ],
)
def test_each_verb_is_led_to_what_the_run_was_led_to(
    words: list[str], expected: Options, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "app.yaml").touch()
    monkeypatch.chdir(tmp_path)
    seen: list[Options] = []

    @click.command()
    @line()
    def verb(here: Line) -> None:
        seen.append(here.options)

    monkeypatch.setenv("PIPELINEKIT_PLATFORM", "env.git")
    monkeypatch.setenv("PIPELINEKIT_REGISTRY", "env:5000")
    verb.main(words, standalone_mode=False)
    verb.main(run._options(Line(seen[0])), standalone_mode=False)
    assert seen == [expected, expected]


def test_early_work_is_taken_once_and_what_failed_is_nothing() -> None:
    assert ahead.taken("x") is None
    with ahead.opened() as early:
        early.begin("x", lambda: 7)
        early.begin("y", lambda: 1 / 0)
        assert (ahead.taken("x"), ahead.taken("x"), ahead.taken("y")) == (7, None, None)
    assert ahead.current() is None


def test_early_work_can_be_looked_at_before_it_is_taken() -> None:
    with ahead.opened() as early:
        early.begin("x", lambda: 7)
        assert (early.look("x"), early.look("y"), early.take("x")) == (7, None, 7)


def test_an_early_answer_that_is_too_old_is_none() -> None:
    with ahead.opened() as early:
        early.begin("x", lambda: 7)
        assert (early.look("x", 60), early.look("x", -1)) == (7, None)
        assert (early.take("x", -1), early.take("x")) == (None, None)


def test_early_work_clears_up_before_the_end_although_nobody_takes_it() -> None:
    begun, go, cleared = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(10)
        cleared.set()

    with ahead.opened() as early:
        early.begin("x", work)
        assert begun.wait(10)
        go.set()
    assert cleared.is_set()


def test_what_is_owed_twice_is_done_in_order() -> None:
    go, done = threading.Event(), list[int]()
    with ahead.opened() as early:
        early.owe(lambda: done.append(1 if go.wait(10) else 0))
        threading.Timer(0.05, go.set).start()
        early.owe(lambda: done.append(2))
    assert done == [1, 2]


def test_what_is_owed_is_done_beside_the_verb_that_was_named_and_before_the_end() -> None:
    done: list[str] = []
    ahead.beside("deploy", lambda: done.append("alone"))
    assert done == ["alone"]
    go = threading.Event()
    with ahead.opened() as early:
        early.verbs = frozenset({"publish"})
        ahead.beside("deploy", lambda: done.append("nobody comes next"))
        assert done[1:] == ["nobody comes next"]
        early.verbs = frozenset({"publish", "deploy"})
        ahead.beside("deploy", lambda: done.append(f"told {go.wait(10)}"))
        assert len(done) == 2
        go.set()
        ahead.cleared()
        assert done[2:] == ["told True"]
        ahead.beside("deploy", lambda: done.append("at the end"))
    assert done[3:] == ["at the end"]


@pytest.mark.parametrize("wait", [lambda: None, ahead.cleared])
def test_what_goes_wrong_with_what_is_owed_is_not_lost(wait: Callable[[], None]) -> None:
    def run() -> None:
        with ahead.opened() as early:
            early.owe(lambda: 1 / 0)
            wait()

    with pytest.raises(ZeroDivisionError):
        run()


def test_what_was_asked_is_asked_again_only_when_something_was_touched() -> None:
    asked = itertools.count(1)
    stamps: list[object] = [1, 1, 2, None, None]

    def ask() -> int:
        return ahead.again("facts", lambda: stamps.pop(0), lambda: next(asked))

    with ahead.opened():
        assert [ask() for _ in range(5)] == [1, 1, 2, 3, 4]


def test_a_wait_passes_beside_the_next_verb_where_one_follows() -> None:
    with ahead.opened() as early:
        early.verbs = frozenset({"push", "package"})
        assert ahead.settling("package") == early.later
        assert ahead.settling("deploy") != early.later
        assert not ahead.settled("package"), "it is for that verb to wait"
    assert ahead.settling("package") != early.later
