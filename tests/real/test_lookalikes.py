"""`new-app --from` on layouts like those of real projects: understood rightly, and nothing overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelinekit.generators import languages
from pipelinekit.model.app import WEB, App
from pipelinekit.plan.detect.python import DJANGO_TEST
from pipelinekit.reading.app import read_app
from tests import lookalikes
from tests.real.app import Application
from tests.real.remotes import git


class Understood(NamedTuple):
    """What an application's descriptor comes to, defaults filled in."""

    language: str
    version: str
    package: str
    port: int | None
    health: str
    command: tuple[str, ...]
    test: tuple[str, ...]


PYTEST = ("python", "-m", "pytest", "--junitxml=/reports/pytest.xml")
MOCHA = ("npx", "mocha", "--reporter", "xunit", "--reporter-option", "output=/reports/mocha.xml")
VITEST = (
    *("npx", "vitest", "run", "--reporter=default"),
    *("--reporter=junit", "--outputFile.junit=/reports/vitest.xml"),
)
FLASK = ("gunicorn", "--bind=0.0.0.0:8000", "shop:web")
GUNICORN = ("gunicorn", "--bind=0.0.0.0:8000", "shop.wsgi")
UVICORN = ("uvicorn", "--host=0.0.0.0", "--port=8000", "app.main:api")

EXPECTED = {
    "FLASK": Understood("python", "3.13", "orders", 8000, "/healthz", FLASK, PYTEST),
    "DJANGO": Understood("python", "3.13", "orders", 8000, "", GUNICORN, DJANGO_TEST),
    "DJANGO_WITH_GUNICORN": Understood("python", "3.13", "orders", 8000, "", GUNICORN, DJANGO_TEST),
    "FASTAPI": Understood("python", "3.12", "orders", 8000, "/livez", UVICORN, PYTEST),
    "EXPRESS": Understood("node", "24", "src/server.js", 3000, "/health", (), MOCHA),
    "VITE": Understood("node", "24", "dist", 8080, "/healthz", (), VITEST),
    "SPRING": Understood("java-maven", "21", ".", 8081, "/actuator/health", (), languages.MAVEN_TEST),
    "MODULES": Understood("java-maven", "17", "web", None, "", (), languages.MAVEN_TEST),
    "GO": Understood("go", "1.26", "./cmd/api", 9000, "/healthz", (), languages.GO_TEST),
    "CARGO": Understood("rust", "1", "api-server", 7000, "", (), languages.RUST_TEST),
    "STATIC": Understood("static", "stable", ".", 8080, "/healthz", (), ("sh", "tests/check.sh")),
}


def understood(app: App) -> Understood:
    build, web = languages.resolved(app), app.processes[WEB]
    return Understood(
        build.language, build.version, build.package, web.port, web.health, web.command, build.test
    )


def laid_out(folder: Path, layout: Mapping[str, str]) -> dict[str, str]:
    """Write a layout; the digest of each of its files."""
    for path, text in layout.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return {path: digest(folder / path) for path in layout}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests_now(folder: Path, before: Mapping[str, str]) -> dict[str, str]:
    return {path: digest(folder / path) for path in before}


@pytest.mark.parametrize("layout", EXPECTED)
def test_a_project_is_understood_and_left_as_it_is(tmp_path: Path, layout: str) -> None:
    before = laid_out(tmp_path, getattr(lookalikes, layout))
    here = Application(tmp_path, "orders", "t", {})
    said = here.must("new-app", "orders", "--from", ".", "--team", "t")
    assert understood(read_app((tmp_path / "app.yaml").read_bytes())) == EXPECTED[layout]
    assert EXPECTED[layout].language.split("-")[0] in said.out
    assert digests_now(tmp_path, before) == before
    here.must("validate")
    here.must("generate", "--check")
    assert digests_now(tmp_path, before) == before


OLD = {
    **lookalikes.FLASK,
    "Dockerfile": "FROM python:3.8\nCOPY . .\n",
    "Jenkinsfile": "node { sh 'make' }\n",
    ".dockerignore": "venv\n",
    "draft.toml": "mine = true\n",
    "charts/orders/values.yaml": "replicas: 3\n",
    "charts/orders/templates/deployment.yaml": "kind: Deployment\n",
    "Makefile": "all:\n\tpytest\n",
}


def test_ten_years_of_deployment_files_are_left_alone_and_listed(tmp_path: Path) -> None:
    before = laid_out(tmp_path, OLD)
    here = Application(tmp_path, "orders", "t", {})
    said = here.verb("new-app", "orders", "--from", ".", "--team", "t")
    assert said.code == 6
    ours = sorted(
        line.removeprefix("error: ").split(": ")[0]
        for line in said.err.splitlines()
        if "is there already" in line
    )
    assert ours == sorted(set(OLD) - set(lookalikes.FLASK) - {"Makefile"})
    assert digests_now(tmp_path, before) == before
    diff = here.verb("generate", "--diff")
    assert diff.code == 6
    assert digests_now(tmp_path, before) == before
    here.must(
        "generate", "--keep", "chart", "--keep", "dockerfile", "--keep", "draft", "--keep", "Jenkinsfile"
    )
    assert digests_now(tmp_path, before) == before
    here.must("generate", "--check")


def test_a_monorepo_names_its_applications_and_takes_each_in(tmp_path: Path) -> None:
    before = laid_out(tmp_path, lookalikes.MONOREPO)
    git("init", "--quiet", "--initial-branch=main", cwd=tmp_path)
    here = Application(tmp_path, "", "t", {})
    said = here.verb("new-app", "orders", "--from", ".")
    assert said.code == 2
    folders = {"services/orders": "GO", "services/shop": "FLASK", "web": "VITE"}
    for folder in folders:
        assert f"--from . --service {folder}" in said.err
    assert digests_now(tmp_path, before) == before
    assert not (tmp_path / "app.yaml").exists()
    for folder, layout in folders.items():
        here.must("new-app", folder.split("/")[-1], "--from", ".", "--service", folder, "--team", "t")
        found = understood(read_app((tmp_path / folder / "app.yaml").read_bytes()))
        package = "shop" if layout == "FLASK" else EXPECTED[layout].package
        assert found == EXPECTED[layout]._replace(package=package)
        assert not (tmp_path / folder / ".git").exists(), "the repository around it is used"
    assert digests_now(tmp_path, before) == before
