from __future__ import annotations

import pytest

from pipelinekit.errors import ToolFailed
from pipelinekit.model.app import Around, Build
from pipelinekit.ports import Say
from pipelinekit.steps.around import around
from tests import examples
from tests.doubles import Shell

APP = examples.app(
    build=Build(language="go", around={"push": Around(before=("one", "two"), after=("three", "four"))})
)


def push(shell: Shell, say: Say = lambda _: None, *, fails: bool = False, stranger: bool = False) -> None:
    """A stage whose own work shows among the commands as `body`."""
    with around(APP, "push", shell, say, stranger=stranger):
        shell.ran.append("body")
        if fails:
            raise OSError("the stage")


def test_commands_run_in_their_order_around_the_stage() -> None:
    shell = Shell()
    push(shell)
    assert shell.ran == ["one", "two", "body", "three", "four"]


def test_a_command_that_fails_before_keeps_the_stage_from_running() -> None:
    shell = Shell(broken=frozenset({"one"}))
    with pytest.raises(ToolFailed, match="`one`"):
        push(shell)
    assert shell.ran == ["one"]


def test_nothing_runs_after_a_stage_that_failed() -> None:
    shell = Shell()
    with pytest.raises(OSError, match="the stage"):
        push(shell, fails=True)
    assert shell.ran == ["one", "two", "body"]


def test_a_command_that_fails_after_ends_the_verb() -> None:
    shell = Shell(broken=frozenset({"three"}))
    with pytest.raises(ToolFailed, match="`three`"):
        push(shell)
    assert shell.ran == ["one", "two", "body", "three"]


def test_other_stages_have_nothing_around_them() -> None:
    shell = Shell()
    with around(APP, "build", shell, lambda _: None):
        pass
    assert shell.ran == []


def test_commands_of_a_stranger_do_not_run_and_one_line_says_so() -> None:
    shell, said = Shell(), list[str]()
    push(shell, said.append, stranger=True)
    assert shell.ran == ["body"]
    (line,) = said
    assert line.startswith("build.around.push: 4 commands skipped")
    assert "jenkins.pullRequests.commands: true" in line


def test_a_stranger_without_commands_hears_nothing_of_them() -> None:
    said: list[str] = []
    with around(APP, "build", Shell(), said.append, stranger=True):
        pass
    assert said == []
