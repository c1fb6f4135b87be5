from __future__ import annotations

import pytest

from pipelinekit.errors import UsageError
from pipelinekit.plan.stages import Build, command_of, decide
from tests import examples

CHECKS = ["generate", "test", "build"]
ALL = [*CHECKS, "push", "package", "publish", "deploy", "verify"]


def ran(**build: object) -> list[str]:
    site = examples.site()
    decisions = decide(Build(**{"branch": "main", **build}), site)  # type: ignore[arg-type]
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
    decisions = decide(Build(**build), examples.site())  # type: ignore[arg-type]
    assert {each.reason for each in decisions if not each.runs} == {reason}


def test_until_ends_after_a_stage() -> None:
    assert ran(until="build") == CHECKS
    assert ran(until="generate") == ["generate"]
    last = decide(Build(branch="main", until="build"), examples.site())[-1]
    assert last.reason == "after build"


def test_from_begins_with_a_stage() -> None:
    assert ran(since="build", until="push") == ["build", "push"]
    assert ran(since="verify") == ["verify"]
    first = decide(Build(branch="main", since="build"), examples.site())[0]
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
    commands = {each.stage.verb: each.command for each in decide(Build(branch="main"), site)}
    assert commands["deploy"] == ("deploy", "--path", "apps/orders", "--automatic")
    assert commands["push"] == ("push", "--path", "apps/orders")
    assert commands["generate"] == ("generate", "--path", "apps/orders", "--check")
    assert command_of(decide(Build(branch="main"), examples.site())[1].stage, examples.site()) == ("test",)
