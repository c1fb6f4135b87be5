"""What `new-app` refuses before it does anything."""

from __future__ import annotations

import contextlib
import json
import shlex
from pathlib import Path

import pytest

from pipelinekit.adapters.source import checkouts
from pipelinekit.cli import main
from pipelinekit.cli.application import present


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said to a command line that makes no sense."""
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", *arguments])
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_what_is_wrong_on_the_command_line_is_told_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go.mod").write_text("module orders\n")
    said = refused(capsys, "orders", "--from", str(tmp_path), "--keep", "chrt")
    assert said.startswith("error: --keep chrt")
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--from", str(tmp_path / "nowhere")])
    assert caught.value.code == 6
    assert "check --from" in capsys.readouterr().err


def test_a_chart_that_is_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "go.mod": "module orders\n",
        "main.go": 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
        "deploy/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
        "deploy/shop/templates/all.yaml": "",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--from", str(tmp_path), "--no-git"])
    assert caught.value.code == 0
    told = "deploy/shop: left alone, and charts/orders generated; --keep chart takes it"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Orders", "--language", "go"], "perhaps orders"),
        (["a" * 31, "--language", "go"], "at most 30"),
        (["../orders", "--language", "go"], "cannot be an application's name"),
        (["orders; rm -rf /", "--language", "go"], "perhaps orders-rm-rf"),
        (["orders", "--language", "go", "--team", "Payments"], "at most 30; perhaps payments"),
        (["orders"], "what is orders written in?"),
        (["orders", "--language", "cobol"], "'cobol'"),
        (["orders", "--language", "golang"], "did you mean 'go'?"),
        (["orders", "--language", "go", "--port", "0"], "--port"),
        (["orders", "--language", "go", "--keep", "chrt"], "there is no such kind"),
        (["json", "--language", "python"], "perhaps json-app"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_shows_no_language_needs_one_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "shows no language" in refused(capsys, "orders", "--from", str(tmp_path))


DESCRIPTOR = (
    "apiVersion: pipelinekit/v1\nkind: Application\n"
    "metadata: {name: orders, team: apps}\nbuild: {language: python}\n"
)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["orders", "--language", "go"], "says that orders is python, not go"),
        (["shop"], "says that this is orders, not shop"),
    ],
)
def test_a_descriptor_of_something_else_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "app.yaml").write_text(DESCRIPTOR)
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", *arguments, "--from", str(tmp_path)])
    assert caught.value.code == 6
    assert said in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["app.yaml"]


@pytest.mark.parametrize(
    ("files", "told"), [({"app.py": "import flask"}, True), ({"go.mod": "module x"}, False)]
)
def test_a_language_without_a_trace_is_told(files: dict[str, str], told: bool) -> None:
    said = list(present.without_trace(Path("x"), "go", files, None))
    assert said == (["nothing in x is go: is --language right?"] if told else [])


def test_what_is_told_can_be_pasted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my $(shop)"
    folder.mkdir()
    (folder / "go.mod").write_text("module orders\n")
    (folder / "main.go").write_text("package main\n\nfunc main() { http.ListenAndServe(os.Args[1], nil) }\n")
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--from", str(folder), "--no-git"])
    assert caught.value.code == 6
    line = capsys.readouterr().err.splitlines()[-1]
    words = shlex.split(line)
    assert words == ["pipelinekit", "new-app", "orders", "--from", str(folder), "--port", "8080"]
    with pytest.raises(SystemExit) as caught:
        main.run([*words[1:], "--no-git"])
    assert caught.value.code == 0
    told = next(each for each in capsys.readouterr().out.splitlines() if "next:" in each)
    assert shlex.split(told)[1:4] == ["cd", str(folder), "&&"]


@pytest.mark.parametrize("address", ["https://git.example.com/orders.git", "git@git.example.com:orders.git"])
def test_an_address_is_explained_and_not_taken_in(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--explain looks at it from here" in refused(capsys, "orders", "--from", address)


def test_a_page_for_others_has_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go.mod").write_text("module orders\n")
    (tmp_path / "main.go").write_text('package main\n\nfunc main() { http.ListenAndServe(":80", nil) }\n')
    # What git does with an address is tested beside git.
    monkeypatch.setattr(checkouts, "passing", lambda _: contextlib.nullcontext(tmp_path))
    with pytest.raises(SystemExit):
        main.run(["new-app", "--from", "https://me:hidden@git.example.com/orders.git", "--explain"])
    said = capsys.readouterr()
    assert "git clone -- https://git.example.com/orders.git orders && pipelinekit new-app orders" in said.out
    assert "hidden" not in said.out + said.err


def test_a_dockerfile_that_stays_leaves_no_version_to_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text('{"engines": {"node": "20.x"}, "scripts": {"start": "node a.js"}}')
    (tmp_path / "a.js").write_text("require('http').createServer().listen(3000)\n")
    told = []
    for dockerfile in ("", 'FROM node:20\nUSER 1000\nCOPY . .\nCMD ["node", "a.js"]\n'):
        if dockerfile:
            (tmp_path / "Dockerfile").write_text(dockerfile)
        with pytest.raises(SystemExit):
            main.run(["new-app", "orders", "--from", str(tmp_path), "--explain", "--json"])
        app = json.loads(capsys.readouterr().out)["applications"][0]["app.yaml"]
        told.append("version:" in app)
    assert told == [True, False]


@pytest.mark.parametrize(("more", "told"), [("", False), ("run: {replicas: 2}", True), ("run: {}", False)])
def test_what_does_not_reach_a_chart_of_ones_own_is_told(
    more: str, told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: apps}\n"
    (tmp_path / "app.yaml").write_text(f"{head}build: {{language: go}}\nchart: {{path: deploy}}\n{more}\n")
    with pytest.raises(SystemExit) as caught:
        main.run(["validate", "--path", str(tmp_path)])
    assert caught.value.code == 0
    assert ("nothing reaches a chart that is yours" in capsys.readouterr().err) is told


def test_a_supposed_team_is_told_even_where_a_file_waits_for_a_decision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go.mod").write_text("module orders\n")
    (tmp_path / "main.go").write_text('package main\n\nfunc main() { http.ListenAndServe(":80", nil) }\n')
    (tmp_path / "Jenkinsfile").write_text("node { }\n")
    with pytest.raises(SystemExit) as ended:
        main.run(["new-app", "orders", "--from", str(tmp_path), "--no-git"])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("its team is apps, for none was named")) == (6, 1)


def test_a_file_in_the_folders_place_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders").write_text("")
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--language", "go"])
    assert caught.value.code == 6
    said = capsys.readouterr().err
    assert said.startswith("error: orders is there, and is no folder\n  move it out of the way")


@pytest.mark.parametrize("inside", [".", "orders"])
def test_an_application_is_not_made_again_inside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], inside: str
) -> None:
    """Whoever has gone into the new folder and types the line again."""
    monkeypatch.chdir(tmp_path)
    words = ["new-app", "orders", "--language", "python", "--no-git"]
    for folder, code in ((tmp_path, 0), (tmp_path / "orders" / inside, 6)):
        monkeypatch.chdir(folder)
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(SystemExit) as caught:
            main.run(words)
        assert caught.value.code == code
        assert (sorted(tmp_path.rglob("*")) == before) is bool(code)
    said = capsys.readouterr().err
    assert "orders is the application orders already" in said
    assert f"`pipelinekit generate --path {'..' if inside == 'orders' else '.'}`" in said


def test_another_application_may_be_made_below_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python312\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--language", "static", "--no-git"])
    assert caught.value.code == 0
