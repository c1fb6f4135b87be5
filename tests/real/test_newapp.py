"""`new-app`, `generate` and `validate` as a user types them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.real.app import Application

HOSTILE = [
    "orders; rm -rf /",
    "$(id)",
    "'",
    '"',
    "a\nb",
    "{{x}}",
    "${x}",
    "🚀",
    "x" * 300,
    "-rf",
    "Orders",
    "",
    "../up",
]


@pytest.fixture
def here(tmp_path: Path) -> Application:
    """An empty folder with the command line."""
    return Application(tmp_path, "orders", "team", {})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_before_anything_is_written(here: Application, name: str) -> None:
    said = here.verb("new-app", "--language", "python", "--", name)
    assert said.code == 2
    assert "cannot be an application's name" in said.err
    assert list(here.folder.iterdir()) == []


def test_a_name_that_is_nearly_right_is_corrected(here: Application) -> None:
    assert "perhaps my-orders" in here.verb("new-app", "My Orders", "--language", "go").err


def test_an_application_of_another_content_is_not_overwritten(here: Application) -> None:
    here.write("orders/app.yaml", "mine")
    here.write("orders/requirements.txt", "flask==3.0\n")
    said = here.verb("new-app", "orders", "--language", "python")
    assert said.code == 6
    assert "orders/app.yaml" in said.err
    assert "orders/requirements.txt" in said.err
    assert "nothing was written" in said.err
    assert sorted(path.name for path in (here.folder / "orders").iterdir()) == [
        "app.yaml",
        "requirements.txt",
    ]


def test_an_existing_repository_keeps_what_it_has(here: Application) -> None:
    mine = {
        "Dockerfile": "FROM scratch\n",
        "Jenkinsfile": "node {}\n",
        "go.mod": "module orders\n",
        "main.go": "package main\n",
    }
    for path, text in mine.items():
        here.write(path, text)
    said = here.verb("new-app", "orders", "--from", ".", "--keep", "dockerfile")
    assert "go.mod: Go" in said.err
    assert said.code == 6
    assert "Jenkinsfile: is there already" in said.err
    assert "--take new Jenkinsfile" in said.err
    for path, text in mine.items():
        assert (here.folder / path).read_text() == text
    assert (here.folder / "charts" / "orders" / "Chart.yaml").exists()
    assert here.verb("generate").code == 6
    assert here.must("generate", "--take", "new", "Jenkinsfile").code == 0
    assert "@Library" in (here.folder / "Jenkinsfile").read_text()
    assert (here.folder / "Dockerfile").read_text() == mine["Dockerfile"]
    assert here.must("generate", "--check").code == 0


def test_keep_is_for_good(here: Application) -> None:
    here.write("index.html", "")
    here.write("public/index.html", "")
    here.write("charts/orders/Chart.yaml", "name: orders\nversion: 0.1.0\n")
    here.write("charts/orders/templates/a.yaml", "mine\n")
    kinds = ("--keep", "chart,jenkinsfile", "--keep", "dockerfile", "--keep", "draft")
    here.must("new-app", "orders", "--from", ".", "--language", "static", *kinds)
    files = sorted(str(path.relative_to(here.folder)) for path in here.folder.rglob("*") if path.is_file())
    generated = [path for path in files if not path.startswith((".git/", ".pipelinekit/"))]
    chart = ["charts/orders/Chart.yaml", "charts/orders/templates/a.yaml"]
    assert generated == ["app.yaml", *chart, "index.html", "public/index.html"]
    here.must("generate")
    assert (here.folder / "charts/orders/templates/a.yaml").read_text() == "mine\n"
    assert not (here.folder / "Jenkinsfile").exists()


def test_an_unknown_language_says_what_was_looked_for(here: Application) -> None:
    said = here.verb("new-app", "orders", "--from", ".")
    assert said.code == 2
    assert "go.mod" in said.err
    assert "--language" in said.err


def test_an_edit_survives_and_a_conflict_is_told(here: Application) -> None:
    here.must("new-app", "orders", "--language", "python")
    app = Application(here.folder / "orders", "orders", "team", {})
    app.replace("Dockerfile", "EXPOSE 8080", "EXPOSE 8080\nLABEL mine=yes")
    app.replace("app.yaml", "language: python", 'language: python\n  version: "3.12"')
    diff = app.must("generate", "--diff").out
    assert "+FROM ${BASE_REGISTRY}/library/python:3.12-slim" in diff
    assert app.verb("generate", "--check").code == 1
    app.must("generate")
    text = (app.folder / "Dockerfile").read_text()
    assert "LABEL mine=yes" in text
    assert "python:3.12-slim" in text
    app.replace("Dockerfile", "EXPOSE 8080", "EXPOSE 1234")
    app.replace("app.yaml", "port: 8080", "port: 9090")
    said = app.verb("generate")
    assert said.code == 6
    assert "Dockerfile: your edit and the new text change the same lines" in said.err
    assert "port: 9090" in (app.folder / "charts/orders/values.yaml").read_text(), "the rest is written"
    text = (app.folder / "Dockerfile").read_text()
    assert app.verb("generate").code == 6
    assert (app.folder / "Dockerfile").read_text() == text, "a second run doubles no hunk"
    app.must("generate", "--take", "new", "Dockerfile")
    assert "EXPOSE 9090" in (app.folder / "Dockerfile").read_text()


def test_a_deleted_file_stays_deleted_until_it_is_wanted(here: Application) -> None:
    here.must("new-app", "orders", "--language", "go")
    app = Application(here.folder / "orders", "orders", "team", {})
    (app.folder / "draft.toml").unlink()
    assert "deleted  draft.toml" in app.must("generate").err
    assert not (app.folder / "draft.toml").exists()
    app.must("generate", "--restore", "draft.toml")
    assert (app.folder / "draft.toml").exists()


def test_windows_line_ends_stay(here: Application) -> None:
    here.must("new-app", "orders", "--language", "go")
    app = Application(here.folder / "orders", "orders", "team", {})
    text = (app.folder / "Jenkinsfile").read_text()
    app.write("Jenkinsfile", text.replace("\n", "\r\n").replace("'30'", "'31'"))
    app.replace("app.yaml", "port: 8080", "port: 9090")
    app.must("generate")
    data = (app.folder / "Jenkinsfile").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n")
    assert b"'31'" in data


def test_a_link_out_of_the_tree_and_a_folder_in_the_way_are_refused(here: Application) -> None:
    here.must("new-app", "orders", "--language", "go")
    app = Application(here.folder / "orders", "orders", "team", {})
    outside = here.folder / "outside"
    outside.write_text("outside\n")
    (app.folder / "Jenkinsfile").unlink()
    (app.folder / "Jenkinsfile").symlink_to(outside)
    (app.folder / "draft.toml").unlink()
    (app.folder / "draft.toml").mkdir()
    said = app.verb("generate")
    assert said.code == 6
    assert "leads out of the application's folder" in said.err
    assert "is a folder where a file should be" in said.err
    assert outside.read_text() == "outside\n"


def test_a_damaged_memory_is_reported_and_nothing_is_overwritten(here: Application) -> None:
    here.must("new-app", "orders", "--language", "go")
    app = Application(here.folder / "orders", "orders", "team", {})
    app.replace("Jenkinsfile", "'30'", "'31'")
    (app.folder / ".pipelinekit/base.tar.gz").write_bytes(b"garbage")
    said = app.verb("generate")
    assert "base.tar.gz is missing or damaged" in said.err
    assert said.code == 6
    assert "'31'" in (app.folder / "Jenkinsfile").read_text()
    app.must("generate", "--take", "theirs", "Jenkinsfile")
    assert "'31'" in (app.folder / "Jenkinsfile").read_text()
    assert app.must("generate", "--check").code == 0


def test_every_fault_of_a_document_is_listed_with_its_place(here: Application) -> None:
    here.write(
        "app.yaml",
        "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: t}\n"
        "build: {language: pyton, version: 3.10}\nrun:\n  port: 8080\n  replicaz: 2\n  env: {DEBUG: no}\n",
    )
    said = here.verb("validate")
    assert said.code == 3
    for expected in (
        "app.yaml:4:9: build.language: 'pyton' is not one of them",
        "did you mean 'python'?",
        "app.yaml:4:26: build.version: expected text, found 3.10",
        'quote it: "3.10"',
        "app.yaml:7:3: run.replicaz: unknown key",
        "did you mean 'replicas'?",
        "app.yaml:8:9: run.env.DEBUG: no is a boolean to some readers",
        "4 faults",
    ):
        assert expected in said.err
    assert [fault["line"] for fault in here.verb("validate", "--json").json()["error"]["faults"]] == [
        4,
        4,
        7,
        8,
    ]


def test_an_update_keeps_what_somebody_made_executable(here: Application) -> None:
    here.verb("new-app", "orders", "--language", "go", "--no-git")
    file = here.folder / "orders" / "Dockerfile"
    file.chmod(0o755)
    descriptor = here.folder / "orders" / "app.yaml"
    descriptor.write_text(descriptor.read_text().replace("language: go", 'language: go\n  version: "1.22"'))
    assert "update  Dockerfile" in here.verb("generate", "--path", "orders").err
    assert file.stat().st_mode & 0o111 == 0o111


def test_one_command_settles_the_files_of_all(here: Application) -> None:
    for name in ("a", "b"):
        here.write(f"{name}/package.json", '{"scripts": {"start": "node a.js"}}')
        here.write(f"{name}/a.js", "require('http').createServer().listen(3000)\n")
        here.write(f"{name}/Jenkinsfile", "pipeline {}\n")
    said = here.verb("new-app", "--from", ".", "--all")
    assert said.code == 6
    told = [each for each in said.err.splitlines() if "all of them stay yours: " in each]
    assert len(told) == 1
    for line in told[0].partition(": ")[2].split(" && "):
        assert here.verb(*shlex.split(line)[1:]).code == 0
