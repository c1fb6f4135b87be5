"""Python's locks with folders of the repository beside them: locked by the tool itself, built, and run."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from tests.documents import dump
from tests.real.app import Application
from tests.real.test_takein import AUTHORITIES

LINE = ("build", "push", "package", "publish", "deploy")
APP = """import bottle
from common import WORD

app = bottle.Bottle()


@app.get("/")
def front():
    return WORD
"""
BACKEND = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
COMMON = {
    "common/pyproject.toml": f'[project]\nname = "common"\nversion = "1"\n{BACKEND}',
    "common/common/__init__.py": 'WORD = "from beside"\n',
}
INDEX = importlib.import_module("pip._internal.models.index").PyPI.simple_url
"""What pip asks: a mirror mostly has these pages, and not what Poetry asks for first."""
HEAD = '[project]\nname = "api"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = '
PLACES: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "uv": (
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["api", "common"]\n',
            "api/pyproject.toml": f'{HEAD}["bottle", "gunicorn", "common"]\n'
            f"[tool.uv.sources]\ncommon = {{workspace = true}}\n{BACKEND}",
            "api/api/__init__.py": "",
            "api/api/web.py": APP,
        },
        ".",
        ("lock",),
    ),
    "pipenv": (
        {
            "api/Pipfile": '[packages]\nbottle = "*"\ngunicorn = "*"\ncommon = {path = "../common"}\n',
            "api/web.py": APP,
        },
        "api",
        ("lock",),
    ),
    "poetry": (
        {
            "api/pyproject.toml": '[tool.poetry]\nname = "api"\nversion = "1.0.0"\ndescription = ""\n'
            "authors = []\n"
            'package-mode = false\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
            'bottle = "*"\ngunicorn = "*"\ncommon = {path = "../common", develop = false}\n'
            f'[[tool.poetry.source]]\nname = "index"\nurl = "{INDEX}"\n',
            "api/web.py": APP,
        },
        "api",
        ("lock", "--no-interaction"),
    ),
    "pdm": (
        {
            "api/pyproject.toml": f'{HEAD}["bottle", "gunicorn", '
            '"common @ file:///${PROJECT_ROOT}/../common"]\n[tool.pdm]\ndistribution = false\n',
            "api/web.py": APP,
        },
        "api",
        ("lock",),
    ),
}
"""The tool's name to the repository's files, the folder in which it locks, and how."""


RELEASED = {"pdm": "pdm[locked]"}
"""With what it was released with: a later one of its parts may lack what it calls."""


def lock(tool: str, folder: Path, arguments: tuple[str, ...], place: Path) -> None:
    """Let the tool lock what a folder names; it is installed at `place`."""
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run([place / "bin/pip", "install", "--quiet", RELEASED.get(tool, tool)], check=True)
    env = {
        "PATH": f"{place / 'bin'}:/usr/bin:/bin",
        "HOME": str(place),
        "SSL_CERT_FILE": str(AUTHORITIES),
        "REQUESTS_CA_BUNDLE": str(AUTHORITIES),
        "PIPENV_PYTHON": sys.executable,
        # It makes an environment in the repository, where there is none.
        "PDM_USE_VENV": "0",
    }
    done = subprocess.run(
        [place / "bin" / tool, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.matrix("corpus")
@pytest.mark.parametrize("tool", PLACES)
def test_what_is_locked_with_a_folder_beside_it_runs(
    testbed: Mapping[str, str], tmp_path: Path, tool: str, matrix_row: Callable[..., None]
) -> None:
    files, where, arguments = PLACES[tool]
    whole = Application(tmp_path / "shop", "shop", f"t{uuid4().hex[:8]}", dict(testbed))
    for path, text in {**COMMON, **files}.items():
        whole.write(path, text)
    whole.write(".python-version", "3.11\n")
    whole.write("authorities.crt", AUTHORITIES.read_text())
    lock(tool, whole.folder / where, arguments, tmp_path / "tool")
    registry = testbed["PK_TESTBED_REGISTRY"]
    env = {
        **testbed,
        "PIPELINEKIT_REGISTRY": registry,
        "PIPELINEKIT_MIRROR": registry,
        "PIPELINEKIT_CONTEXT": testbed["PK_TESTBED_CONTEXT"],
    }
    whole.tool("git", "init", "--quiet")
    named = () if where == "." else ("--service", where)
    here = Application(whole.folder / where, "shop", whole.team, env)
    said = whole.must("new-app", "shop", "--from", ".", *named, "--team", whole.team)
    assert "to check" not in said.out + said.err
    document = yaml.safe_load((here.folder / "app.yaml").read_text())
    document["build"]["args"] = {"PIP_CERT": "/app/authorities.crt"}
    if where == ".":
        document["build"]["dependencies"] = ["authorities.crt", *document["build"]["dependencies"]]
    document["build"]["version"] = "3.11"
    here.write("app.yaml", dump(document))
    here.must("generate")
    here.commit("First version")
    try:
        for verb in LINE:
            here.must(verb)
        assert "from beside" in here.http("/")
    finally:
        here.tool("kubectl", "delete", "namespace", here.namespace, "--ignore-not-found", "--wait=false")
    matrix_row("corpus", f"{tool}, with a folder beside it", "right", {"language": "python", "ran": "yes"})
