from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipelinekit.cli.main import group
from pipelinekit.cli.options import MOST, age
from pipelinekit.cli.verbs import VERBS
from pipelinekit.errors import PipelinekitError, Refused, UsageError

HELP = "Without a platform:"


def verbs(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb below a command, with the words that lead to it."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below
        yield from verbs(below, *words, name)


STANDING_IN = [
    (words, option.opts[0])
    for words, verb in verbs(group())
    for option in verb.params
    if isinstance(option, click.Option) and (option.help or "").startswith(HELP) and words[0] != "draft"
]
"""Each option of each verb that stands for a part of a platform; those of `draft` have rules of their own."""


def run(*words: str, **env: str) -> Result:
    return CliRunner(env={"PIPELINEKIT_PLATFORM": None, **env}).invoke(group(), words)


ON_THE_LINE = [name for name, (where, _) in VERBS.items() if where.startswith("line.")]
WORDS = {"diff": ("1.0.0",)}
OTHERWISE = (
    ("deploy", "--via", "jenkins"),
    ("deploy", "--check"),
    *((name, "--platform", "nowhere", *WORDS.get(name, ())) for name in ON_THE_LINE),
)


@pytest.mark.parametrize("words", [*((each, *WORDS.get(each, ())) for each in ON_THE_LINE), *OTHERWISE])
def test_in_a_folder_without_an_application_that_is_what_is_said_first(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    with contextlib.chdir(tmp_path):
        said = run(*words).exception
    assert isinstance(said, Refused)
    assert said.faults[0].code == "app-missing"


def test_what_is_about_a_whole_platform_wants_no_application(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        said = run("generate", "--all", "--platform", "nowhere").exception
    assert isinstance(said, PipelinekitError)
    assert said.faults[0].code == "platform-missing"


@pytest.mark.parametrize(
    ("text", "seconds"), [("7d", 604_800), ("0s", 0), ("0000000000000030m", 1800), ("36500d", MOST)]
)
def test_a_duration_is_so_many_seconds(text: str, seconds: int) -> None:
    assert age(text) == seconds


@pytest.mark.parametrize("text", ["36501d", "99999999d", "9" * 5000 + "s"])
def test_one_that_is_too_long_is_told_with_the_longest(text: str) -> None:
    with pytest.raises(UsageError, match="is too long") as caught:
        age(text)
    assert caught.value.faults[0].hint == "at most 36500d"


@pytest.mark.parametrize("text", ["", "7", "d", "7w", "-7d", "7.5d", "7 d", "7d\n"])
def test_what_is_no_duration_is_told_with_one_that_is(text: str) -> None:
    with pytest.raises(UsageError, match="is no duration") as caught:
        age(text)
    assert "like 7d" in caught.value.faults[0].hint


OWN = ("platform", "jobs", "seed", "nexus", "environment")
"""Groups whose verbs have no built-in platform."""


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (words, option.help or "")
        for words, verb in verbs(group())
        for option in verb.params
        if isinstance(option, click.Option) and "--platform" in option.opts and words[0] in OWN
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_a_verb_does_without_a_platform_is_what_its_help_says(words: tuple[str, ...], text: str) -> None:
    # `unbundle` needs none: its registry is named beside it.
    built_in = words[-1] == "unbundle"
    assert ("kube context" in text) == built_in
    assert ("current folder" in text) == (words[0] in ("platform", "jobs", "seed") and not built_in)


def test_many_verbs_have_such_options() -> None:
    assert {option for _, option in STANDING_IN} == {"--registry", "--mirror", "--context", "--namespace"}


@pytest.mark.parametrize(
    ("words", "option"), STANDING_IN, ids=lambda each: each if isinstance(each, str) else " ".join(each)
)
@pytest.mark.parametrize("order", [1, -1])
def test_beside_a_platform_it_is_refused(words: tuple[str, ...], option: str, order: int) -> None:
    pairs = [(option, "x"), ("--platform", "nowhere")][::order]
    error = run(*words, *(each for pair in pairs for each in pair)).exception
    assert isinstance(error, UsageError)
    assert error.faults[0].code == "beside-platform"
    assert option in error.faults[0].problem


def test_a_platform_of_the_environment_is_one_as_well() -> None:
    error = run("doctor", "--registry", "x", PIPELINEKIT_PLATFORM="nowhere").exception
    assert isinstance(error, UsageError)
    assert error.faults[0].code == "beside-platform"


def test_what_the_environment_says_for_lack_of_a_platform_does_not_stand_in_its_way() -> None:
    error = run("doctor", "--platform", "nowhere", PIPELINEKIT_REGISTRY="x").exception
    assert not isinstance(error, UsageError)


VIA = [
    words
    for words, verb in verbs(group())
    if {"via", "timeout"} <= {each.name for each in verb.params} and words[0] != "draft"
]
"""Each verb that Jenkins may do."""


def test_several_verbs_may_be_done_by_jenkins() -> None:
    assert {("deploy",), ("promote",)} <= set(VIA)


@pytest.mark.parametrize("words", VIA, ids=" ".join)
@pytest.mark.parametrize("order", [1, -1])
def test_a_bound_that_the_job_would_not_hear_of_is_refused(words: tuple[str, ...], order: int) -> None:
    pairs = [("--timeout", "300"), ("--via", "jenkins")][::order]
    given = [each for pair in pairs for each in pair]
    error = run(*words, *(["orders", "--to", "x"] if words == ("promote",) else []), *given).exception
    assert isinstance(error, UsageError)
    assert error.faults[0].code == "beside-via"
