"""A bare sample of each language that can be built here: created, up, edited, up again, deleted."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import Application
from tests.real.developer import Developer

EDITS = {
    "python": "web.py",
    "node": "app.js",
    "go": "main.go",
    "java-maven": "src/main/java/app/Main.java",
    "rust": "src/main.rs",
    "static": "index.html",
    "dockerfile": "index.html",
}
"""Each language, and the file whose word `Hello` is what it answers."""
VERSIONS = {"python": (".python-version", "3.11"), "node": (".nvmrc", "22")}
"""Where a repository says which version it runs with, and one that the testbed has; the others say it in what
they are built from."""
GENERATED = ("app.yaml", "Jenkinsfile", "Dockerfile", ".dockerignore", "charts", "draft.toml")


@contextmanager
def sample(testbed: Mapping[str, str], folder: Path, language: str) -> Iterator[Developer]:
    """A folder with the sources of a language and nothing else, at a developer's."""
    with app.new(testbed, folder / "made", language) as made:
        bare = folder / "orders"
        shutil.copytree(made.folder, bare, ignore=shutil.ignore_patterns(".git", ".pipelinekit", ".draft*"))
        for name in GENERATED if language != "dockerfile" else set(GENERATED) - {"Dockerfile"}:
            path = bare / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if language in VERSIONS:
            name, version = VERSIONS[language]
            (bare / name).write_text(f"{version}\n")
        someone = f"d{uuid4().hex[:6]}"
        kubeconfig = folder / "kubeconfig.json"
        kubeconfig.write_text(made.tool("kubectl", "config", "view", "--raw", "--flatten", "-o", "json"))
        env = {
            **made.env,
            "PIPELINEKIT_DEVELOPER": someone,
            "DRAFT_HOME": str(folder / "home"),
            "KUBECONFIG": str(kubeconfig),
        }
        found = Developer(Application(bare, "orders", made.team, env), someone, kubeconfig)
        try:
            yield found
        finally:
            words = ("delete", "namespace", found.namespace, "--ignore-not-found", "--wait=false")
            made.tool("kubectl", *words)


def edit(folder: Path, pattern: str, word: str) -> None:
    """Change what the program answers, wherever its language keeps it."""
    found = sorted(folder.rglob(Path(pattern).name))
    assert found, f"{pattern} in {folder}"
    text = found[0].read_text()
    assert "orders" in text, text
    found[0].write_text(text.replace("orders", word))


@pytest.mark.parametrize("language", matrix.sampled("draft", tuple(EDITS), keep=0))
def test_a_bare_sample_runs_is_changed_and_goes(
    testbed: Mapping[str, str], tmp_path: Path, language: str, matrix_row: Callable[..., None]
) -> None:
    with sample(testbed, tmp_path, language) as dev:
        words = ("--team", dev.application.team)
        began = time.monotonic()
        dev.application.must("draft", "create", *words)
        first = dev.up()
        created = time.monotonic() - began
        assert (first["built"], first["revised"]) == (True, True)
        assert "orders" in dev.http()
        edit(dev.application.folder, EDITS[language], "changed")
        began = time.monotonic()
        again = dev.up()
        seconds = time.monotonic() - began
        assert again["revision"] == 2
        assert "changed" in dev.http()
        began = time.monotonic()
        assert not dev.up()["revised"]
        nothing = time.monotonic() - began
        dev.application.must("draft", "delete")
        kubectl = ("kubectl", "get", "namespace", dev.namespace, "--ignore-not-found", "--output", "json")

        def gone() -> bool:
            left = dev.application.tool(*kubectl)
            return not left.strip() or json.loads(left)["status"]["phase"] == "Terminating"

        assert app.eventually(gone)
    figures = {"create and up": round(created, 1), "a change": round(seconds, 1)}
    matrix_row(
        "draft", f"a bare sample of {language}", "answers", {**figures, "no change": round(nothing, 1)}
    )
