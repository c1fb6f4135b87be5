from __future__ import annotations

import pytest

from pipelinekit.plan.detect.python.project import at, project, version

POETRY = '[tool.poetry]\nname = "thing"\n[build-system]\nrequires = []\n'


@pytest.mark.parametrize(
    ("texts", "files", "installer"),
    [
        ({"pyproject.toml": "", "uv.lock": ""}, ("pyproject.toml", "uv.lock"), "uv"),
        ({"pyproject.toml": "", "poetry.lock": ""}, ("pyproject.toml", "poetry.lock"), "poetry"),
        ({"pyproject.toml": "", "pdm.lock": "", "requirements.txt": ""},
         ("pyproject.toml", "pdm.lock"), "pdm"),
        ({"Pipfile": "", "Pipfile.lock": ""}, ("Pipfile", "Pipfile.lock"), "pipenv"),
        ({"requirements.txt": "", "requirements-dev.txt": ""},
         ("requirements.txt", "requirements-dev.txt"), ""),
        ({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": ""},
         ("requirements.txt", "requirements/base.txt"), ""),
        ({"requirements.txt": "-r requirements.txt\n-r gone.txt\n"}, ("requirements.txt",), ""),
        ({"requirements.txt": "-e .\n"}, ("requirements.txt", "."), ""),
        ({"requirements.txt": "./lib\n"}, ("requirements.txt", "."), ""),
        ({"setup.cfg": ""}, ("setup.cfg",), ""),
        ({"pyproject.toml": "[project]\ndependencies = []\n"}, ("pyproject.toml",), "pyproject"),
    ],
)  # fmt: skip
def test_who_installs_from_what(texts: dict[str, str], files: tuple[str, ...], installer: str) -> None:
    found = project(texts)
    assert found is not None
    assert (found.files, found.installer) == (files, installer)
    assert not found.doubt


def test_the_members_of_a_workspace_are_there_when_its_lock_is_read() -> None:
    texts = {
        "pyproject.toml": "[tool.uv.workspace]\nmembers = ['a']\n",
        "uv.lock": "",
        "a/pyproject.toml": "",
    }
    found = project(texts)
    assert found is not None
    assert "a/pyproject.toml" in found.files


@pytest.mark.parametrize(
    ("text", "more", "installed"),
    [
        (POETRY, ("thing/__init__.py",), True),
        (POETRY, ("src/thing/__init__.py",), True),
        (POETRY, ("app/__init__.py",), False),
        (
            POETRY.replace('name = "thing"', 'name = "thing"\npackage-mode = false'),
            ("thing/__init__.py",),
            False,
        ),
        ('[project]\nname = "thing"\n', ("thing/__init__.py",), False),
        ("[tool.setuptools]\nx = 1\n[build-system]\n", (), True),
    ],
)
def test_only_what_a_backend_finds_is_installed(text: str, more: tuple[str, ...], installed: bool) -> None:
    found = project({"pyproject.toml": text, "poetry.lock": "", **dict.fromkeys(more, "")})
    assert found is not None
    assert found.installed is installed


@pytest.mark.parametrize(
    "text", ["\0", "[[[", "a = " + "[" * 10_000, "project = 1", "[project]\nname = 1\n[build-system]"]
)
def test_a_damaged_project_is_no_crash(text: str) -> None:
    assert project({"pyproject.toml": text}) is not None
    version({"pyproject.toml": text, "Pipfile": text})


def test_a_pipfile_without_a_lock_is_told() -> None:
    found = project({"Pipfile": ""})
    assert found is not None
    assert "lock" in found.doubt


def test_what_is_compiled() -> None:
    for name, compiled in (
        ("psycopg2==2", "psycopg2"),
        ("psycopg2-binary", ""),
        ("mysqlclient", "mysqlclient"),
    ):
        found = project({"requirements.txt": f"{name}\n"})
        assert found is not None
        assert found.compiled == compiled


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({".python-version": "3.12.4\n", "runtime.txt": "python-3.11.1"}, "3.12"),
        ({"runtime.txt": "python-3.11.1"}, "3.11"),
        ({"setup.cfg": "python_requires = >=3.8,<3.12\n"}, "3.11"),
        ({"Pipfile": '[requires]\npython_version = "3.12"\n'}, "3.12"),
        ({}, "3.13"),
    ],
)
def test_where_a_version_is_said(texts: dict[str, str], expected: str) -> None:
    assert version(texts)[0].version == expected


def test_no_path_through_what_is_no_mapping() -> None:
    assert at({"a": {"b": 1}}, "a", "b") == 1
    assert at({"a": 1}, "a", "b") is None


def test_a_word_of_pdm_that_stays_in_the_metadata_is_told() -> None:
    listed = '[project]\nname = "a"\ndependencies = ["common @ file:///${PROJECT_ROOT}/../common"]\n'
    built = f'{listed}[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
    for text, lock, told in (
        (built, "pdm.lock", True),
        (built, "uv.lock", False),
        (listed, "pdm.lock", False),
    ):
        found = project({"pyproject.toml": text, lock: "", "a/__init__.py": ""})
        assert found
        assert ("PDM's own" in found.doubt) is told
