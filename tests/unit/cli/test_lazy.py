from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from pipelinekit import __version__
from pipelinekit.cli.lazy import Later, LazyGroup
from pipelinekit.cli.main import group


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("deplyo", " Did you mean 'deploy'?"),
        ("valdate", " Did you mean 'validate'?"),
        ("Build", " Did you mean 'build'?"),
        ("zzzzz", " `pipelinekit --help` lists them."),
    ],
)
def test_an_unknown_verb_comes_with_what_was_perhaps_meant(word: str, meant: str) -> None:
    done = CliRunner().invoke(group(), [word])
    assert done.exit_code == 2
    assert f"There is no verb '{word}'.{meant}\n" in done.output


def test_the_version() -> None:
    assert CliRunner().invoke(group(), ["--version"]).output == f"pipelinekit {__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(option: str) -> None:
    done = CliRunner().invoke(group(), [option])
    assert done.exit_code == 0
    assert "Exit codes: 0 fine" in done.output


def test_help_needs_no_verbs_module() -> None:
    nowhere = LazyGroup({"one": ("no_such_module:verb", "Do one thing.")})
    done = CliRunner().invoke(nowhere, ["--help"])
    assert done.exit_code == 0
    assert "Do one thing." in done.output


def test_arguments_of_the_library_reach_the_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PK_CONTRACT", "1")
    monkeypatch.setenv("PK_ARGS", '{"path": "no/such/folder"}')
    done = CliRunner().invoke(group(), ["validate", "--args-env", "PK_ARGS"])
    assert "no/such/folder" in str(done.exception)


def test_a_smaller_group_imports_one_verb_and_not_the_others() -> None:
    verbs = Later({"here": "errorcodes:explain_error", "nowhere": "no_such_module:verb"})
    small = click.Group("small", commands=verbs)
    assert CliRunner().invoke(small, ["here", "--help"]).exit_code == 0
    assert CliRunner().invoke(small, ["other"]).exit_code == 2
    assert (sorted(verbs), len(verbs), "nowhere" in verbs) == (["here", "nowhere"], 2, True)
    small.add_command(click.Command("mine"))
    del verbs["nowhere"]
    assert list(verbs) == ["here", "mine"]
