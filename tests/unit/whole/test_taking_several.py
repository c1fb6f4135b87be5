"""Several services in one repository: what is said of them, and with which command lines."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipelinekit.cli import main

Run = Callable[..., tuple[int, str, str]]
MAIN = 'package main\n\nimport "net/http"\n\nfunc main() {{ http.ListenAndServe({}, nil) }}\n'
KEPT = 'FROM golang:1.26\nCOPY . .\nUSER 1000\nEXPOSE {0}\nCMD ["/{1}"]\n'
COMPOSE = """services:
  api:
    build: {context: ., dockerfile: cmd/api/Dockerfile}
    ports: ["9000:9000"]
    environment: [API_MODE]
    depends_on: [admin, db]
  admin:
    build: {context: ., dockerfile: cmd/admin/Dockerfile}
    ports: ["9001:9001"]
    environment: [ADMIN_MODE]
  db: {image: "postgres:18"}
"""
SHOP = {
    "go.mod": "module example.com/shop\n\ngo 1.26\n",
    "cmd/api/main.go": MAIN.format('":9000"'),
    "cmd/admin/main.go": MAIN.format('":9001"'),
}
KEEPING = {
    **SHOP,
    "compose.yaml": COMPOSE,
    "cmd/api/Dockerfile": KEPT.format(9000, "api"),
    "cmd/admin/Dockerfile": KEPT.format(9001, "admin"),
}
OPEN = {**SHOP, "cmd/open/main.go": MAIN.format("address()"), "cmd/api/Jenkinsfile": "node {}\n"}


def laid_out(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A verb in a repository: its exit code and what it said, to the one and the other."""
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main.run(list(arguments))
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    return running


def test_without_a_name_several_are_a_table_and_one_is_asked_for_it(run: Run, tmp_path: Path) -> None:
    laid_out(tmp_path, SHOP)
    code, _, said = run("new-app", "--from", ".")
    assert code == 2
    assert "pipelinekit new-app api --from . --service cmd/api" in said
    assert "Missing argument" not in said
    (tmp_path / "cmd/admin/main.go").unlink()
    code, _, said = run("new-app", "--from", ".")
    assert code == 2
    line = said.splitlines()[-1]
    assert line.startswith("  pipelinekit new-app ")
    assert run("new-app")[0] == 2
    assert not list(tmp_path.rglob("app.yaml"))


def test_explained_the_table_is_there_once(run: Run, tmp_path: Path) -> None:
    laid_out(tmp_path, SHOP)
    code, out, err = run("new-app", "--from", ".", "--explain")
    assert code == 2
    assert (out + err).count("--service cmd/api") == 1
    code, out, _ = run("new-app", "--from", ".", "--explain", "--json")
    assert (code, len(json.loads(out)["services"])) == (2, 2)


def test_all_explained_ends_with_one_command_that_settles_all(run: Run, tmp_path: Path) -> None:
    laid_out(tmp_path, OPEN)
    code, out, _ = run("new-app", "--from", ".", "--all", "--explain", "--team", "pay")
    assert code == 6
    line = out.partition("```sh\n")[2].partition("\n```")[0]
    assert line == (
        "pipelinekit new-app --from . --all --team pay --port cmd/open=8080 --keep cmd/api=jenkinsfile"
    )
    assert "platform sync" in out
    code, out, err = run(*shlex.split(line)[1:], "--no-git")
    assert code == 0, err
    assert out.count("platform sync") == 3
    assert (tmp_path / "cmd/api/Jenkinsfile").read_text() == "node {}\n"
    assert (tmp_path / "cmd/admin/Jenkinsfile").exists()
    assert "port: 8080" in (tmp_path / "cmd/open/app.yaml").read_text()


def test_each_line_says_of_which_and_where(run: Run, tmp_path: Path) -> None:
    laid_out(tmp_path, KEEPING)
    code, _, said = run("new-app", "--from", ".", "--all", "--no-git")
    assert code == 0, said
    lines = said.splitlines()
    assert "    create  cmd/api/app.yaml" in {each[2:] for each in lines}
    assert not [each for each in lines if each.split()[-1] == "app.yaml"]
    notices = [each for each in lines if "to check" in each]
    assert notices
    assert all("api: to check" in each or "admin: to check" in each for each in notices)
    assert [each for each in notices if "API_MODE" in each and "api: " in each]
    assert not [each for each in notices if "ADMIN_MODE" in each and "api: to check" in each]
    assert [each for each in notices if "calls admin, perhaps" in each and "api: to check" in each]


def test_what_is_kept_and_not_there_is_not_told_and_comes_with_ours(run: Run, tmp_path: Path) -> None:
    laid_out(tmp_path, KEEPING)
    _, out, _ = run("new-app", "--from", ".", "--service", "api", "--explain")
    assert "yours Dockerfile\n" in out
    assert "dockerignore" not in out
    _, _, said = run("new-app", "--from", ".", "--service", "api", "--no-git")
    assert "yours  cmd/api/Dockerfile" in said
    assert "dockerignore" not in said
    assert "generate --path cmd/api --take new Dockerfile --diff" in said
    ignored = tmp_path / "cmd/api/Dockerfile.dockerignore"
    assert run("generate", "--path", "cmd/api", "--take", "new", "Jenkinsfile")[0] == 0
    assert not ignored.exists()
    assert run("generate", "--path", "cmd/api", "--take", "new", "Dockerfile")[0] == 0
    assert ignored.exists()
    assert run("generate", "--path", "cmd/api", "--check")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--port", "api=9"], "--all takes in each"),
        (["--all", "--port", "nobody=9"], "no such service"),
        (["--all", "--keep", "nobody=draft"], "known are cmd/admin, cmd/api"),
        (["--all", "--keep", "api=chrt"], "no such kind"),
    ],
)
def test_an_answer_about_nobody_is_refused(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    laid_out(tmp_path, SHOP)
    code, _, err = run("new-app", "--from", ".", *arguments)
    assert code == 2
    assert said in err
    assert not list(tmp_path.rglob("app.yaml"))


@pytest.mark.parametrize(
    ("folder", "code", "said"),
    [
        ("cmd/api", 0, "is valid"),
        (".", 3, "'.' is not valid here"),
        ("./cmd/api", 3, "is not valid here"),
        ("cmd/api/", 3, "is not valid here"),
        ("cmd/other", 3, "is no such folder"),
        ("api", 0, "is valid"),
    ],
)
def test_the_folder_that_it_is_built_from_is_held_against_the_disk(
    run: Run, tmp_path: Path, folder: str, code: int, said: str
) -> None:
    laid_out(tmp_path, SHOP)
    assert run("new-app", "--from", ".", "--service", "api", "--no-git")[0] == 0
    # What several share is inside of one repository.
    for each in ("objects", "refs"):
        (tmp_path / ".git" / each).mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    descriptor = tmp_path / "cmd/api/app.yaml"
    descriptor.write_text(descriptor.read_text().replace("folder: cmd/api", f'folder: "{folder}"'))
    found, out, err = run("validate", "--path", "cmd/api")
    assert found == code, err
    assert said in out + err
    if code:
        line = next(n for n, each in enumerate(descriptor.read_text().splitlines(), 1) if "folder:" in each)
        assert f"cmd/api/app.yaml:{line}:" in err
