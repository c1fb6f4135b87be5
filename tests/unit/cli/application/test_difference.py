"""The verbs of the documents, where no process is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.cli import main
from pipelinekit.cli.application.difference import diff
from pipelinekit.merge import Change, Outcome
from pipelinekit.model.tree import File

APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
"""
PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one}]
environments: [{name: dev, cluster: one, namespace: dev}]
"""


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main.run(list(arguments))
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.yaml").write_text(APP)
    (tmp_path / "platform.yaml").write_text(PLATFORM)
    return tmp_path


def test_a_valid_application_is_said_to_be_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", "--path", str(folder)) == 0
    assert capsys.readouterr().out == f"{folder}/app.yaml is valid\n"


def test_all_faults_are_listed_with_their_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "app.yaml").write_text(APP.replace("python", "pythn") + "rnu: {}\n")
    assert run("validate", "--path", str(folder)) == 3
    assert capsys.readouterr().err.splitlines() == [
        f"error: {folder}/app.yaml:4:9: build.language: 'pythn' is not one of them",
        "  did you mean 'python'?",
        f"error: {folder}/app.yaml:5:1: rnu: unknown key",
        "  did you mean 'run'?",
        "2 faults",
    ]


def test_faults_are_json_for_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "app.yaml").write_text(APP + "rnu: {}\n")
    assert run("validate", "--path", str(folder), "--json") == 3
    (fault,) = json.loads(capsys.readouterr().out)["error"]["faults"]
    assert (fault["code"], fault["line"], fault["path"]) == ("unknown-key", 5, "rnu")


def test_validity_is_json_for_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", "--path", str(folder), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"valid": True, "documents": [f"{folder}/app.yaml"]}


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [("nowhere", 6, "there is no folder"), ("empty", 6, "there is no app.yaml")],
)
def test_what_is_not_there_is_refused(
    path: str, code: int, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert run("validate", "--path", str(folder / path)) == code
    assert said in capsys.readouterr().err


def test_a_generation_is_shown_as_a_diff() -> None:
    changes = [
        Change("new", Outcome.CREATE, None, File("a\n")),
        Change("changed", Outcome.UPDATE, "a\nb\n", File("a\nc\n")),
        Change("gone", Outcome.REMOVE, "a\n", None),
        Change("same", Outcome.IDENTICAL, "a\n", File("a\n")),
        Change("way", Outcome.IN_THE_WAY, "a\n", None),
        Change("kept", Outcome.YOURS, "a\n", None),
    ]
    text = "".join(diff(changes))
    assert text == (
        "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+a\n"
        "--- a/changed\n+++ b/changed\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        "--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    )


def test_only_newlines_end_the_lines_of_a_diff() -> None:
    text = "".join(diff([Change("f", Outcome.UPDATE, "a\u2028b\n", File("a\u2028c\n"))]))
    assert text.endswith("\n-a\u2028b\n+a\u2028c\n")


def test_a_file_without_a_last_newline_does_not_glue_lines_of_a_diff_together() -> None:
    text = "".join(diff([Change("f", Outcome.UPDATE, "a", File("b\n"))]))
    assert text.splitlines()[-3:] == ["-a", "\\ No newline at end of file", "+b"]
