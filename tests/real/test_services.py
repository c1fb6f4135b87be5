"""Repositories with several services: counted, asked, taken in one by one or all at once, built and run."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.reading.app import read_app
from tests.real.app import Application
from tests.real.remotes import git
from tests.real.test_takein_compiled import digests

SERVER = (
    'package main\n\nimport (\n\t"net/http"\n\n\t"example.com/shop/internal/words"\n)\n\nfunc main() {{\n'
    '\thttp.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {{\n'
    "\t\tanswer.Write([]byte(words.{0}))\n\t}})\n"
    '\thttp.ListenAndServe(":{1}", nil)\n}}\n'
)
GO = {
    "go.mod": "module example.com/shop\n\ngo 1.26\n",
    "internal/words/words.go": 'package words\n\nconst Api, Admin = "api of the shop", "admin of the shop"\n',
    "cmd/api/main.go": SERVER.format("Api", 9000),
    "cmd/admin/main.go": SERVER.format("Admin", 9001),
    "tools/gen/main.go": "package main\n\nfunc main() {}\n",
}
ASKS = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(address(), nil) }\n'


def laid_out(folder: Path, files: Mapping[str, str]) -> Application:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git("init", "--quiet", "--initial-branch=main", cwd=folder)
    return Application(folder, "shop", f"t{uuid4().hex[:8]}", {})


def test_several_services_are_a_question_and_each_command_works_as_printed(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", GO)
    before = digests(here.folder)
    said = here.verb("new-app", "orders", "--from", ".", "--team", "t", "--json")
    assert said.code == 2
    assert "cmd/api" in said.err
    assert "9000" in said.err
    assert "tools/gen" not in said.err
    assert digests(here.folder) == before
    told = json.loads(said.out)
    lines = [each["command"] for each in told["services"]]
    assert [each["folder"] for each in told["services"]] == ["cmd/admin", "cmd/api"]
    for line in (*lines, told["all"]):
        assert line in said.err
        copied = tmp_path / uuid4().hex
        shutil.copytree(here.folder, copied)
        other = Application(copied, "shop", "t", {})
        done = other.verb(*shlex.split(line)[1:])
        assert done.code == 0, (line, done.err)
        assert {path: digest for path, digest in digests(copied).items() if path in before} == before
        for made in copied.rglob("app.yaml"):
            other.must("generate", "--check", "--path", str(made.parent))


def test_a_service_is_named_by_name_or_folder_and_no_other(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", GO)
    said = here.verb("new-app", "x", "--from", ".", "--service", "cmd/none")
    assert said.code == 2
    assert "known are cmd/admin, cmd/api" in said.err
    here.must("new-app", "x", "--from", ".", "--service", "api")
    assert read_app((here.folder / "cmd/api/app.yaml").read_bytes()).name == "x"
    assert here.verb("new-app", "x", "--all").code == 2
    assert here.verb("new-app", "--from", ".", "--all", "--service", "api").code == 2


def test_what_one_of_them_leaves_open_refuses_all_with_one_command(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", {**GO, "cmd/open/main.go": ASKS})
    before = digests(here.folder)
    said = here.verb("new-app", "--from", ".", "--all")
    assert said.code == 6
    assert digests(here.folder) == before
    assert "is ready" not in said.out
    line = said.err.rpartition("all of them: ")[2].strip()
    for command in line.split(" && "):
        here.must(*shlex.split(command)[1:])
    assert len(list(here.folder.rglob("app.yaml"))) == 3


def test_services_of_one_project_are_built_from_its_top_and_run(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    team = f"t{uuid4().hex[:8]}"
    registry = testbed["PK_TESTBED_REGISTRY"]
    env = {
        **testbed,
        "PIPELINEKIT_REGISTRY": registry,
        "PIPELINEKIT_MIRROR": registry,
        "PIPELINEKIT_CONTEXT": testbed["PK_TESTBED_CONTEXT"],
    }
    whole = laid_out(tmp_path / "shop", GO)
    whole.must("new-app", "--from", ".", "--all", "--team", team)
    api = Application(whole.folder / "cmd" / "api", "api", team, env)
    admin = Application(whole.folder / "cmd" / "admin", "admin", team, env)
    api.commit("First version")
    try:
        for verb in ("build", "push", "package", "publish", "deploy"):
            api.must(verb)
        assert "api of the shop" in api.http("/")
        admin.must("build")
        # What is shared is part of both: a change of it is one of each, committed or not.
        words = whole.folder / "internal/words/words.go"
        words.write_text(words.read_text().replace("api of", "changed api of"))
        assert "built already" not in api.must("build").out
    finally:
        api.tool("kubectl", "delete", "namespace", api.namespace, "--ignore-not-found", "--wait=false")


@pytest.mark.parametrize("wrong", ["cmd/other", "other/api", "../api", "shop/cmd/api/", "a/shop/cmd/api"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    here = laid_out(tmp_path / "a" / "shop", GO)
    here.must("new-app", "api", "--from", ".", "--service", "api")
    inside = Application(here.folder / "cmd/api", "api", "t", {})
    inside.replace("app.yaml", "folder: cmd/api", f"folder: {wrong}")
    said = inside.verb("build", "--plan", "--registry", "localhost:1")
    assert said.code in {3, 6}, said.err
    assert "folder" in said.err
