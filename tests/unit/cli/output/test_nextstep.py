from __future__ import annotations

import json

import click
import pytest

from pipelinekit.cli import main
from pipelinekit.cli.options import ENVIRONMENT, PLATFORM_HERE
from pipelinekit.cli.output import nextstep, report
from pipelinekit.errors import check_failed

RENEW = "`pipelinekit platform certificates renew --env dev`"
DEPLOY = "`pipelinekit platform deploy`"
GIT = "git+https://git.example.com/platform.git"
APPLY = "`pipelinekit jobs apply` makes 2 jobs"
PREPARE = "`pipelinekit environment prepare --env dev` makes it"
BARE = "`pipelinekit generate --platform x`, `pipelinekit build`, `pipelinekit nothing`, `pipelinekit jobs`"


def said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], group: str, hint: str, *typed: str
) -> str:
    """The hint as it is printed after a verb of a group was typed with these options."""

    @click.command()
    @PLATFORM_HERE
    @ENVIRONMENT
    @click.option("--json", is_flag=True)
    def verb(**_: object) -> None:
        report.notice(hint)
        raise check_failed("x", hint, hint=hint)

    root = click.Group("pipelinekit", commands={group: click.Group(group, commands={"verb": verb})})
    monkeypatch.setattr(main, "group", lambda: root)
    with pytest.raises(SystemExit):
        main.run([group, "verb", *typed])
    out, err = capsys.readouterr()
    notice, error, line = err.splitlines()
    assert notice == f"notice: {line.strip()}"
    assert error == f"error: {line.strip()}"
    if "--json" in typed:
        fault = json.loads(out)["error"]["faults"][0]
        assert fault["problem"] == fault["hint"] == line.strip()
    return line.strip()


@pytest.mark.parametrize(
    ("hint", "typed", "printed"),
    [
        (
            RENEW,
            ["--platform", "a b"],
            "`pipelinekit platform certificates renew --env dev --platform 'a b'`",
        ),
        (RENEW, ["--platform=p", "--env=test", "--json"], f"{RENEW[:-1]} --platform p`"),
        (DEPLOY, ["--env", "dev", "--platform", "p"], "`pipelinekit platform deploy --platform p --env dev`"),
        (DEPLOY, [], DEPLOY),
        # What is a folder's is not said of an address; what takes both gets it.
        (DEPLOY, ["--env", "dev", "--platform", GIT], "`pipelinekit platform deploy --env dev`"),
        (APPLY, ["--platform", GIT], f"`pipelinekit jobs apply --platform {GIT}` makes 2 jobs"),
        (APPLY, ["--env", "dev", "--platform", "p"], "`pipelinekit jobs apply --platform p` makes 2 jobs"),
        (PREPARE, ["--platform", "p"], "`pipelinekit environment prepare --env dev --platform p` makes it"),
        (PREPARE, [], "`pipelinekit environment prepare --env dev --platform .` makes it"),
        (BARE, ["--platform", "p"], BARE.replace("`pipelinekit build`", "`pipelinekit build --platform p`")),
    ],
)
def test_a_next_step_says_where_as_what_was_typed_does(
    hint: str,
    typed: list[str],
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(nextstep.VARIABLE, raising=False)
    assert said(monkeypatch, capsys, "platform", hint, *typed) == printed


def test_what_a_variable_says_counts_for_the_next_command_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(nextstep.VARIABLE, "p")
    for hint in (RENEW, PREPARE):
        assert said(monkeypatch, capsys, "platform", hint) == hint


def test_a_verb_that_takes_no_folder_for_the_platform_names_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(nextstep.VARIABLE, raising=False)
    assert said(monkeypatch, capsys, "status", PREPARE) == PREPARE


def test_one_command_line_leaves_nothing_for_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(nextstep.VARIABLE, raising=False)
    said(monkeypatch, capsys, "platform", DEPLOY, "--platform", "p")
    assert said(monkeypatch, capsys, "platform", DEPLOY) == DEPLOY
