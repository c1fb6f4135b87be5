from __future__ import annotations

import pytest

from pipelinekit.errors import UsageError
from pipelinekit.model.app import Build as AppBuild
from pipelinekit.plan.jenkins.stages import Build, command_of, decide
from tests import examples

CHECKS = ["generate", "test", "build"]
ALL = [*CHECKS, "push", "package", "publish", "deploy", "verify"]


def ran(**build: object) -> list[str]:
    site = examples.site()
    decisions = decide(Build(**{"branch": "main", **build}), examples.app(), site)  # type: ignore[arg-type]
    return [each.stage.verb for each in decisions if each.runs]


def test_main_runs_all_of_it() -> None:
    assert ran() == ALL


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        ({"branch": "feature/x"}, "only main is released, this is feature/x"),
        ({"branch": ""}, "only main is released, this is no branch"),
        ({"branch": "PR-7", "pull_request": "7"}, "a pull request gets no credentials and releases nothing"),
        ({"branch": "main", "pull_request": "7"}, "a pull request gets no credentials and releases nothing"),
    ],
)
def test_everything_else_stops_before_a_credential(build: dict[str, str], reason: str) -> None:
    assert ran(**build) == CHECKS
    decisions = decide(Build(**build), examples.app(), examples.site())  # type: ignore[arg-type]
    assert {each.reason for each in decisions if not each.runs} == {reason}


def test_until_ends_after_a_stage() -> None:
    assert ran(until="build") == CHECKS
    assert ran(until="generate") == ["generate"]
    last = decide(Build(branch="main", until="build"), examples.app(), examples.site())[-1]
    assert last.reason == "after build"


def test_from_begins_with_a_stage() -> None:
    assert ran(since="build", until="push") == ["build", "push"]
    assert ran(since="verify") == ["verify"]
    first = decide(Build(branch="main", since="build"), examples.app(), examples.site())[0]
    assert first.reason == "before build"


def test_stages_go_forward() -> None:
    with pytest.raises(UsageError, match="push comes before deploy"):
        ran(since="deploy", until="push")
    with pytest.raises(UsageError, match="there is no stage 'deliver'"):
        ran(since="deliver")


@pytest.mark.parametrize("until", ["deliver", "Build", "pkBuild", "--help"])
def test_a_stage_that_there_is_not(until: str) -> None:
    with pytest.raises(UsageError, match="there is no stage") as caught:
        ran(until=until)
    assert "generate, test, build" in caught.value.faults[0].hint


def test_without_deploying_main_is_released_all_the_same() -> None:
    assert ran(deploy=False) == [*CHECKS, "push", "package", "publish"]


def test_a_command_has_the_step_s_arguments_without_the_ids() -> None:
    site = examples.site(path="apps/orders")
    commands = {each.stage.verb: each.command for each in decide(Build(branch="main"), examples.app(), site)}
    assert commands["deploy"] == ("deploy", "--path", "apps/orders", "--automatic")
    assert commands["push"] == ("push", "--path", "apps/orders")
    assert commands["generate"] == ("generate", "--path", "apps/orders", "--check")
    assert command_of(
        decide(Build(branch="main"), examples.app(), examples.site())[1].stage, examples.site()
    ) == ("test",)


@pytest.mark.parametrize(
    ("build", "held"),
    [
        (Build(branch="main"), ("reader", "npm-token")),
        (Build(branch="feature/x"), ()),
        (Build(branch="PR-7", pull_request="7"), ()),
        (Build(branch="main", pull_request="7"), ()),
        (Build(branch=""), ()),
    ],
)
def test_only_a_build_of_main_holds_what_its_dockerfile_could_print(
    build: Build, held: tuple[str, ...]
) -> None:
    app = examples.app(build=AppBuild(language="python", secrets=("npm-token",)))
    site = examples.site(package_credentials={"pypi": "reader", "npm": "other"})
    decided = {each.stage.verb: each for each in decide(build, app, site)}
    for verb in ("test", "build"):
        assert decided[verb].runs
        assert decided[verb].credentials == held
        assert decided[verb].command == (verb,)
