"""The pipeline in a terminal: the same stages in the same order, as one call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application

ALL = ["generate", "test", "build", "push", "package", "publish", "deploy", "verify"]


def test_the_whole_line_in_one_call_and_again(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        said = application.must("run")
        assert "orders" in application.http("/")
        stages = [
            line.split(": pipelinekit ")[1] for line in said.err.splitlines() if ": pipelinekit " in line
        ]
        assert [each.split()[0] for each in stages] == ALL
        assert said.out.splitlines()[-1] == f"orders: {', '.join(ALL)} done"
        again = application.must("run", "--json")
        told = again.json()
        assert (told["ran"], told["skipped"], [*told["seconds"]]) == (ALL, [], ALL)
        assert "runs already in dev" in again.err


def test_it_goes_on_from_a_stage_and_stops_after_one(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        assert application.must("run", "--until", "build", "--json").json()["ran"] == ALL[:3]
        assert not _receipt(application, "push").exists()
        said = application.must("run", "--from", "push", "--until", "package", "--json")
        told = said.json()
        assert (told["ran"], told["skipped"]) == (["push", "package"], [*ALL[:3], *ALL[5:]])
        assert _receipt(application, "package").exists()
        early = application.verb("run", "--from", "deploy")
        assert early.code == 6
        assert "run `pipelinekit publish` first" in early.err


def test_the_first_stage_that_fails_ends_it(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        application.replace("public/index.html", "style.css", "missing.css")
        application.commit()
        said = application.verb("run")
        assert said.code == 1
        assert said.reason.startswith("error: 1 of ")
        assert not _receipt(application, "build").exists()


def test_changed_generated_files_are_a_notice(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        application.replace("app.yaml", "port: 8080", "port: 8081")
        application.commit()
        said = application.must("run", "--until", "generate")
        assert "notice: " in said.err
        assert "Jenkinsfile" in said.err or "values.yaml" in said.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--from", "deliver"), 2, "there is no stage 'deliver'"),
        (("--from", "deploy", "--until", "push"), 2, "push comes before deploy"),
        (("--pr", "7"), 2, "--pr goes with --explain"),
        (("--branch", "other"), 6, "the work tree is on main, not on other"),
        (("--explain", "--pr", "seven"), 2, "is no number"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_runs(
    testbed: Mapping[str, str], tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        said = application.verb("run", *words)
        assert said.code == code
        assert told in said.reason
        assert not (application.folder / ".pipelinekit" / "receipts").exists()


def test_what_a_build_of_jenkins_would_do(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "static") as application:
        stages = application.must("run", "--explain", "--pr", "7", "--json").json()["stages"]
        assert [each["command"][1] for each in stages if each["runs"]] == ALL[:3]
        assert {each["reason"] for each in stages[3:]} == {
            "a pull request gets no credentials and releases nothing"
        }
        told = application.must("run", "--explain", "--branch", "feature/x").out
        assert "only main is released, this is feature/x" in told


def _receipt(application: Application, verb: str) -> Path:
    return application.folder / ".pipelinekit" / "receipts" / f"{verb}.json"
