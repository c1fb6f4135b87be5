"""Paths that no system takes: every verb that is told one says so, before anything is looked at."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from pipelinekit.cli import paths
from pipelinekit.cli.output.astray import commands
from pipelinekit.errors import UsageError
from tests.mistakes.telling import told

PATHS = {"DIR", "FILE", "PACK", "PLAN", "SOURCE"}
"""What the help calls a path."""
TAKING = [
    (words, command, param)
    for words, command in commands()
    for param in command.params
    if (param.metavar or "").strip("[]") in PATHS
]
LONG = "n" * 256


def line(words: tuple[str, ...], command: click.Command, param: click.Parameter, path: str) -> list[str]:
    """A command line that has all that the verb asks for, and `path` in the place of `param`."""
    said = [*words]
    for each in command.params:
        if each is param or each.required:
            option = [each.opts[0]] if isinstance(each, click.Option) else []
            flag = isinstance(each, click.Option) and each.is_flag
            said += [*option, *([] if flag else [path if each is param else "x"])]
    return said


@pytest.mark.parametrize(
    ("words", "command", "param"),
    [pytest.param(*each, id=f"{' '.join(each[0])} {each[2].opts[0]}") for each in TAKING],
)
def test_every_verb_says_of_a_name_that_is_too_long_what_it_is(
    words: tuple[str, ...], command: click.Command, param: click.Parameter
) -> None:
    code, said = told(line(words, command, param, LONG), {})
    assert (code, said.splitlines()) == (
        2,
        [
            f"error: the path '{LONG[:60]}…' is refused: File name too long",
            "  a name has 255 bytes at most, a path 4095",
        ],
    )


def test_there_are_many_of_them() -> None:
    assert len(TAKING) > 90


@pytest.mark.parametrize("path", ["", ".", "app.yaml", "app.yaml/x", "nowhere", "nowhere/x", "gone"])
def test_what_is_there_or_not_is_for_the_verb_to_say(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.yaml").write_text("")
    Path("gone").symlink_to("nowhere")
    assert paths.on_disk(path) == path


@pytest.mark.parametrize(
    "address", [f"git+https://git.example.com/{LONG}", f"https://git.example.com/{LONG}"]
)
def test_an_address_is_no_path(address: str) -> None:
    assert paths.on_disk(address) == address


@pytest.mark.parametrize("inside", ["", "/app.yaml"])
def test_a_link_to_itself(inside: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="Too many levels of symbolic links") as caught:
        paths.on_disk(f"{tmp_path}/loop{inside}")
    assert caught.value.faults[0].hint == "a link on its way leads back to itself: `ls -l` shows where to"


@pytest.mark.parametrize("inside", ["", "/app.yaml"])
def test_a_folder_that_nobody_but_its_owner_may_enter(inside: str, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    me = os.geteuid()
    if not me:
        os.seteuid(65_534)
    try:
        with pytest.raises(UsageError, match="is refused: Permission denied"):
            paths.on_disk(f"{closed}{inside}")
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b"], ids=["a NUL", "half a character"])
def test_what_only_a_pipeline_s_library_can_hand_on(odd: str) -> None:
    with pytest.raises(UsageError, match="is refused: no file can have that name"):
        paths.on_disk(odd)
