"""`new-app --explain`: what would become of a repository, and nothing is written."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.real.app import Application
from tests.real.remotes import git
from tests.real.test_services import ASKS, GO, laid_out
from tests.real.test_takein_compiled import digests


def test_a_clear_repository_is_explained_and_not_touched(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", {k: v for k, v in GO.items() if "admin" not in k})
    before = digests(here.folder)
    said = here.verb("new-app", "--from", ".", "--explain", "--team", "t")
    assert said.code == 0, said.err
    assert said.out.startswith("# Taking in . as shop\n\n## Seen\n")
    assert "| port | 9000 |" in said.out
    assert "pipelinekit new-app shop --from . --team t" in said.out
    assert digests(here.folder) == before


def test_what_is_open_ends_with_one_command_that_settles_all(tmp_path: Path) -> None:
    files = {"go.mod": "module m\n", "main.go": ASKS, "Jenkinsfile": "node {}\n"}
    here = laid_out(tmp_path / "shop", files)
    said = here.verb("new-app", "shop", "--from", ".", "--explain")
    assert said.code == 6
    assert "is ready" not in said.out + said.err
    command = said.out.partition("```sh\n")[2].partition("\n```")[0]
    here.must(*shlex.split(command)[1:])
    here.must("generate", "--check")
    assert (here.folder / "Jenkinsfile").read_text() == files["Jenkinsfile"]


def test_a_repository_elsewhere_is_looked_at_and_its_command_brings_it_here(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", {"index.html": "<h1>hello</h1>"})
    git("add", "--all", cwd=here.folder)
    git("commit", "--quiet", "--message=First", cwd=here.folder)
    other = Application(tmp_path, "shop", "t", {})
    said = other.verb("new-app", "--from", f"file://{here.folder}", "--explain", "--json")
    assert said.code == 0, said.err
    told = said.json()
    assert told["command"].startswith("git clone -- file://")
    assert told["applications"][0]["decided"]["language"] == "static"
    assert other.verb("new-app", "x", "--from", f"file://{here.folder}").code == 2


def test_a_strangers_words_are_no_markdown(tmp_path: Path) -> None:
    here = laid_out(tmp_path / "shop", {"package.json": '{"scripts": {"build": "<b>|`x`|</b>"}}'})
    said = here.verb("new-app", "--from", ".", "--explain", "--language", "node")
    assert r"\<b\>\|\`x\`\|\</b\>" in said.out
