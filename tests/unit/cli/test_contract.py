"""What the shared library hands over arrives as the options of a verb, word for word."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.cli.contract import expand
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.errors import UsageError
from tests.hostile.values import ALL


@click.command()
@click.option("--path", default=".")
@click.option("--env", "environment", default="")
@click.option("--timeout", type=int, default=1)
@click.option("--dry-run", is_flag=True)
@click.option("--keep", multiple=True)
def verb(**options: Any) -> None:
    click.echo(json.dumps(options))


@pytest.fixture(autouse=True)
def contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PK_CONTRACT", str(CONTRACT))


def words(monkeypatch: pytest.MonkeyPatch, given: Any, *around: str) -> list[str]:
    """The words that a mapping of arguments becomes."""
    monkeypatch.setenv("PK_ARGS", given if isinstance(given, str) else json.dumps(given))
    return expand(verb, ["--args-env", "PK_ARGS", *around])


def refused(monkeypatch: pytest.MonkeyPatch, given: Any) -> tuple[str, str]:
    """Problem and hint."""
    with pytest.raises(UsageError) as caught:
        words(monkeypatch, given)
    return caught.value.faults[0].problem, caught.value.faults[0].hint


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"path": "apps/orders"}, ["--path=apps/orders"]),
        ({"path": ""}, ["--path="]),
        ({"path": None}, []),
        ({"path": "-x"}, ["--path=-x"]),
        ({"path": "--timeout=3"}, ["--path=--timeout=3"]),
        ({"path": "a\nb"}, ["--path=a\nb"]),
        ({"environment": "dev"}, ["--env=dev"]),
        ({"timeout": 600}, ["--timeout=600"]),
        ({"dryRun": True}, ["--dry-run"]),
        ({"dryRun": False}, []),
        ({"dry_run": True}, ["--dry-run"]),
        ({"keep": ["a", "-b"]}, ["--keep=a", "--keep=-b"]),
        ({"keep": "a"}, ["--keep=a"]),
        ({"keep": []}, []),
        ({"registryCredentialsId": "nexus", "kubeCredentialsIds": ["a"]}, []),
        ({"chartsCredentialsId": None, "path": "a"}, ["--path=a"]),
    ],
)
def test_arguments_become_options(
    given: dict[str, Any], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert words(monkeypatch, given) == expected


def test_options_around_it_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PK_ARGS", '{"path": "a"}')
    assert expand(verb, ["--env", "dev", "--args-env", "PK_ARGS", "--dry-run"]) == [
        "--env",
        "dev",
        "--path=a",
        "--dry-run",
    ]


TEXT = st.one_of(st.sampled_from(list(ALL.values())), st.text())


@given(TEXT, st.lists(TEXT, max_size=3))
def test_every_text_arrives_as_it_is(path: str, keep: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PK_CONTRACT", str(CONTRACT))
        arguments = words(patch, json.dumps({"path": path, "keep": keep}))
        done = CliRunner().invoke(verb, arguments)
    options = json.loads(done.output)
    assert (options["path"], options["keep"]) == (path, keep)


@pytest.mark.parametrize("number", ["", "0", "2", "one", "1 "])
def test_another_contract_number_is_refused_with_both_sides_of_it(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PK_CONTRACT", number)
    problem, hint = refused(monkeypatch, {})
    assert f"contract {number or '(none)'}, pipelinekit" in problem
    assert problem.endswith(f"speaks {CONTRACT}")
    assert "@Library" in hint


def test_a_library_without_a_contract_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PK_CONTRACT")
    assert "contract (none)" in refused(monkeypatch, {})[0]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "3"])
def test_what_is_no_mapping_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, _ = refused(monkeypatch, text)
    assert problem == "the variable 'PK_ARGS' holds no JSON mapping"


@pytest.mark.parametrize("arguments", [["--args-env"], ["--args-env", "NOT_SET"]])
def test_a_variable_that_is_not_there_is_refused(arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="holds no JSON mapping"):
        expand(verb, arguments)


@pytest.mark.parametrize(
    ("given", "problem", "hint"),
    [
        ({"pth": "a"}, "unknown argument 'pth'", "did you mean 'path'?"),
        ({"dryrun": True}, "unknown argument 'dryrun'", "did you mean 'dryRun'?"),
        ({"zzz": 1}, "unknown argument 'zzz'", "known are: dryRun, environment, keep, path, timeout"),
        ({"CredentialsIdX": "a"}, "unknown argument 'CredentialsIdX'", ""),
        ({"dryRun": "yes"}, "argument 'dryRun' is true or false, not 'yes'", ""),
        ({"dryRun": 1}, "argument 'dryRun' is true or false, not 1", ""),
        ({"path": True}, "argument 'path' is a text, not True", ""),
        ({"path": {"a": 1}}, "argument 'path' is a text, not {'a': 1}", ""),
        ({"path": ["a", "b"]}, "argument 'path' is a text, not ['a', 'b']", ""),
        ({"keep": [["a"]]}, "argument 'keep' is a text, not ['a']", ""),
        ({"keep": [None]}, "argument 'keep' is a text, not None", ""),
    ],
)
def test_an_argument_that_a_verb_cannot_take_is_refused(
    given: dict[str, Any], problem: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, meant = refused(monkeypatch, given)
    assert told == problem
    assert meant == hint or (not hint and meant.startswith("known are"))


# --- a verb of a group ----------------------------------------------------------------------------


@click.group()
def group() -> None:
    pass


@group.command()
@click.argument("plan", default="")
@click.option("--yes", is_flag=True)
@click.option("--at-once", type=int, default=1)
def apply(**options: Any) -> None:
    click.echo(json.dumps(options))


def of_group(monkeypatch: pytest.MonkeyPatch, given: Any) -> list[str]:
    monkeypatch.setenv("PK_ARGS", json.dumps(given))
    return expand(group, ["--args-env", "PK_ARGS"])


def test_the_action_is_the_verb_and_a_positional_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"plan": "--yes", "action": "apply", "atOnce": 3, "jenkinsCredentialsId": "api"}
    arguments = of_group(monkeypatch, given)
    assert arguments == ["apply", "--at-once=3", "--", "--yes"]
    done = CliRunner().invoke(group, arguments)
    assert json.loads(done.output) == {"plan": "--yes", "yes": False, "at_once": 3}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "'action' is None, and has to be one of: apply"),
        ({"action": "aply"}, "'action' is 'aply'"),
        ({"action": ["apply"]}, "'action' is"),
        ({"action": "--help"}, "'action' is '--help'"),
        ({"action": "apply", "plan": 3}, "argument 'plan' is a text, not 3"),
        ({"action": "apply", "pln": "x"}, "unknown argument 'pln'"),
    ],
)
def test_a_group_without_a_known_action_is_refused(
    given: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as caught:
        of_group(monkeypatch, given)
    assert words in caught.value.faults[0].problem
