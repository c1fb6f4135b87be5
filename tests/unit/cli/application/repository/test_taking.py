"""Taking in writes all of it, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli import main

PROGRAM = 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'


def test_a_link_that_leads_out_stops_all_of_it_before_the_first_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, outside = tmp_path / "theirs", tmp_path / "outside"
    outside.mkdir()
    for service in ("api", "web"):
        (theirs / service).mkdir(parents=True)
        (theirs / service / "go.mod").write_text(f"module {service}\n")
        (theirs / service / "main.go").write_text(PROGRAM)
        (theirs / service / "Dockerfile").write_text('FROM scratch\nUSER 1000\nCMD ["/app"]\n')
    (theirs / "web" / "charts").symlink_to(outside)
    before = sorted(theirs.rglob("*"))
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "--from", str(theirs), "--all"])
    assert caught.value.code == 6
    assert "charts is a link that leads out" in capsys.readouterr().err
    assert sorted(theirs.rglob("*")) == before
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "theirs"),
    [
        ({"go.mod": "module shop\n", "main.go": PROGRAM}, ".dockerignore"),
        ({"index.html": ""}, "nginx.conf"),
    ],
)
def test_the_command_that_settles_leaves_something_that_can_be_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], theirs: str
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for path, text in {**files, theirs: "# mine\n"}.items():
        (folder / path).write_text(text)
    command = ["new-app", "shop", "--from", str(folder), "--team", "t", "--no-git"]
    assert ended([*command, "--explain"]) == 6
    assert "--keep dockerfile" in capsys.readouterr().out
    assert ended([*command, "--keep", "dockerfile"]) == 0
    assert "FROM" in (folder / "Dockerfile").read_text()
    assert (folder / theirs).read_text() == "# mine\n"
    assert ended(["generate", "--path", str(folder), "--check"]) == 0


def ended(words: list[str]) -> object:
    with pytest.raises(SystemExit) as caught:
        main.run(words)
    return caught.value.code


STAGES = (
    "FROM scratch AS api\nUSER 1000\nEXPOSE 8080\nCMD x\n"
    "FROM scratch AS admin\nUSER 1000\nEXPOSE 8080\nCMD y\n"
)
TWO = {
    "go.mod": "module shop\n",
    "main.go": PROGRAM,
    "Dockerfile": STAGES,
    "fly.toml": "[build]\nbuild-target = 'api'\n[http_service]\ninternal_port = 8080\n",
    ".gitlab-ci.yml": "image:\n  script:\n    - docker build --target admin .\n",
}


def test_two_stages_that_are_built_are_a_question_that_one_option_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for path, text in TWO.items():
        (folder / path).write_text(text)
    command = ["new-app", "shop", "--from", str(folder), "--no-git"]
    assert ended([*command, "--explain"]) == 6
    said = capsys.readouterr().out
    assert "| stage | to be decided |" in said
    assert f"new-app shop --from {folder} --target api\n" in said
    assert ended(command) == 6
    assert not (folder / "app.yaml").exists()
    assert ended([*command, "--target", "amdin"]) == 2
    assert "did you mean 'admin'?" in capsys.readouterr().err
    assert ended([*command, "--all", "--target", "admin"]) == 2
    assert ended([*command, "--target", "Admin"]) == 0
    assert "target: admin" in (folder / "app.yaml").read_text()
    assert (folder / "Dockerfile").read_text() == STAGES
    assert ended(["generate", "--path", str(folder), "--check"]) == 0


def test_a_stage_is_about_what_is_there_already() -> None:
    assert ended(["new-app", "shop", "--language", "go", "--target", "api"]) == 2
