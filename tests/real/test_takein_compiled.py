"""`new-app --from` on layouts that are more than a few files: each has its truth beside it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.generators import languages
from pipelinekit.model.app import WEB
from pipelinekit.reading.app import read_app
from tests.real.app import Application
from tests.real.test_dockerfiles import lint

CORPUS = Path(__file__).parents[1] / "corpus"
BUILD = ("base", "runtime", "main")


def truth_of(case: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((CORPUS / case / "truth.yaml").read_text())
    return said


CASES = sorted(folder.name for folder in CORPUS.iterdir() if (folder / "tree").is_dir())


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("case", CASES)
def test_a_repository_is_taken_in_right_or_a_question_is_asked(tmp_path: Path, case: str) -> None:
    folder, truth = tmp_path / "shop", truth_of(case)
    shutil.copytree(CORPUS / case / "tree", folder)
    before = digests(folder)
    here = Application(folder, "shop", "t", {})
    said = here.verb("new-app", "shop", "--from", ".", "--team", "t")
    if "asks" in truth:
        # Several programs are several services; a port alone is asked otherwise.
        assert said.code == (2 if "services" in truth else 6), said.err
        assert said.reason.startswith("error: ")
        assert not (folder / "app.yaml").exists()
        for service in truth.get("services", ()):
            assert f"--from . --service {service} --team t" in said.err
        return
    assert said.code == 0, said.err
    found = digests(folder)
    assert {path: found[path] for path in before} == before
    _is_true(read_app((folder / "app.yaml").read_bytes()), truth)
    dockerfile = (folder / "Dockerfile").read_text()
    if "Dockerfile" not in before:
        assert lint(dockerfile) == []
    for words in truth.get("copied", ()):
        assert f"COPY {json.dumps(words)}\n" in dockerfile
    for line in truth.get("lines", ()):
        assert f"{line}\n" in dockerfile
    for word in truth.get("doubts", ()):
        marked = [each for each in (folder / "app.yaml").read_text().splitlines() if "to check:" in each]
        assert any(word in each for each in marked), marked
    here.must("generate", "--check")


def _is_true(app: Any, truth: dict[str, Any]) -> None:
    build, web = languages.resolved(app), app.processes[WEB]
    assert build.language == truth["language"]
    assert web.port == truth["port"]
    assert list(web.command) == truth.get("command", [])
    for key in ("version", "package", *BUILD):
        if key in truth:
            assert getattr(build, key) == truth[key], key
    assert list(build.files) == truth.get("files", [])
    assert list(build.extensions) == truth.get("extensions", [])
    assert build.user == truth.get("user")
    system = {moment: list(each) for moment, each in build.system.items()}
    assert system == truth.get("system", {})


@pytest.mark.parametrize("package", ["./cmd/api", "cmd/migrate"])
def test_the_command_of_the_table_settles_it(tmp_path: Path, package: str) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(CORPUS / "gomany" / "tree", folder)
    here = Application(folder, "shop", "t", {})
    here.must("new-app", "shop", "--from", ".", "--package", package)
    app = read_app((folder / "app.yaml").read_bytes())
    assert app.build.package.removeprefix("./") == package.removeprefix("./")
    assert app.processes[WEB].port == (9000 if "api" in package else None)


def test_a_port_that_is_given_settles_it(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(CORPUS / "goport" / "tree", folder)
    here = Application(folder, "shop", "t", {})
    here.must("new-app", "shop", "--from", ".", "--port", "4000")
    assert read_app((folder / "app.yaml").read_bytes()).processes[WEB].port == 4000
