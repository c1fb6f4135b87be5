"""What is said to words that belong somewhere else."""

from __future__ import annotations

import pytest

from pipelinekit.cli import main
from pipelinekit.cli.output import astray


@pytest.mark.parametrize(
    ("line", "reason", "step"),
    [
        ("approve orders --to p --change 3", "No such option", "is an option of `pipelinekit promote`"),
        ("deploy --change 3", "No such option", "`pipelinekit promote`"),
        ("validate --file app.yaml", "No such option", "it is --path here"),
        ("deploy --dry-run", "No such option", "it is --plan or --check here"),
        ("hold orders --to dev", "No such option '--to'.", "it is --env here"),
        ("platform deploy --enviroment dev", "No such option", "it is --env here"),
        ("jobs apply --plan", "No such option '--plan'.", "there is `pipelinekit jobs plan`"),
        ("draft connect --port 8080", "No such option '--port'.", "it is --override-port here"),
        ("deploy --frobnicate", "No such option", "`pipelinekit deploy --help` lists the options"),
        # The hyphens that all of them begin with make none of them near.
        ("deploy --version 1.2.3", "No such option '--version'.", "`pipelinekit deploy --help` lists"),
        ("deploy --env", "requires an argument", "--env NAME: "),
        ("deploy --timeout soon", "not a valid integer", "a whole number from 1 to 7200"),
        ("promote orders", "Missing option '--to'", "--to ENV: "),
        ("freeze", "Missing option '--now'", "--now: "),
        ("new-app", "Missing argument", "like `pipelinekit new-app orders "),
        ("prune", "There is no verb 'prune'.", "`pipelinekit jobs prune` and `pipelinekit registry prune`"),
        ("platform rollback", "No such command", "there is `pipelinekit rollback`"),
        ("jobs frobnicate", "No such command", "`pipelinekit jobs --help` lists the commands"),
        ("platform certificates renwe", "is not one of 'status'", "did you mean 'renew'?"),
        ("platform graph --format dto", "is not one of 'text'", "did you mean 'dot'?"),
        ("new-app shop --language cobol", "is not one of 'python'", "--language dockerfile takes any other"),
        ("doctor now", "unexpected extra argument", "without it: `pipelinekit doctor`"),
    ],
)
def test_the_next_step_is_one_that_exists(
    line: str, reason: str, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main.run(line.split())
    said = capsys.readouterr().err.splitlines()
    assert caught.value.code == 2
    assert reason in said[-2]
    assert step in said[-1]
    assert "--json'" not in said[-2]


@pytest.mark.parametrize("line", ["generate --dif", "jobs aply"])
def test_what_is_near_needs_no_second_line(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.run(line.split())
    assert "Did you mean" in capsys.readouterr().err.splitlines()[-1]


def test_every_command_has_a_help_that_says_what_it_does() -> None:
    found = dict(astray.commands())
    assert ("platform", "deploy") in found
    assert ("approve",) in found
    assert all(each.help for each in found.values())
