from __future__ import annotations

import pytest

from pipelinekit.generators.installers import copies, node, python
from pipelinekit.model.app import Build


@pytest.mark.parametrize(
    ("dependencies", "lines"),
    [
        ((), []),
        (("package.json", "package-lock.json"), [["package.json", "package-lock.json", "./"]]),
        (("a.json", "x/y/b.json"), [["a.json", "./"], ["x/y/b.json", "./x/y/"]]),
        (("package.json", ".yarn/"), [["package.json", "./"], [".yarn/", "./.yarn/"]]),
        (("package.json", "."), [[".", "."]]),
        (("package.json", "./"), [[".", "."]]),
    ],
)
def test_each_file_keeps_its_folder(dependencies: tuple[str, ...], lines: list[list[str]]) -> None:
    assert copies(dependencies) == lines


@pytest.mark.parametrize(
    ("installer", "kind", "pin"),
    [
        ("yarn@1.22.22", "yarn", "@1.22.22"),
        ("yarn@4.1.0", "berry", "@4.1.0"),
        ("pnpm@9.1.0", "pnpm", "@9.1.0"),
        ("bun", "bun", ""),
    ],
)
def test_a_pin_is_what_is_installed(installer: str, kind: str, pin: str) -> None:
    found = node(Build(language="node", package="a.js", installer=installer))
    assert (found["installer"], found["pin"]) == (kind, pin)


def test_old_yarns_cannot_leave_anything_out() -> None:
    assert not node(Build(language="node", installer="yarn@3.2.0"))["focus"]
    assert node(Build(language="node", installer="yarn@4.0.0"))["focus"]


@pytest.mark.parametrize(
    ("lock", "word"),
    [("uv.lock", "uv export"), ("poetry.lock", "poetry export"), ("pdm.lock", "pdm export"),
     ("Pipfile.lock", "pipenv requirements")],
)  # fmt: skip
def test_a_lock_is_what_pip_installs(lock: str, word: str) -> None:
    found = python(Build(language="python", dependencies=("pyproject.toml", lock)))
    assert word in found["exported"][0]
    assert word in found["exported_for_tests"][0]
    assert "-r /tmp/requirements.txt" in found["exported"][0]
    assert not found["project"]


def test_what_all_members_of_a_workspace_need_is_installed() -> None:
    alone = python(Build(language="python", dependencies=("pyproject.toml", "uv.lock")))
    found = python(Build(language="python", dependencies=("pyproject.toml", "uv.lock", "a/pyproject.toml")))
    for key in ("exported", "exported_for_tests"):
        assert "--all-packages" not in alone[key][0]
        assert "uv export --all-packages " in found[key][0]


def test_a_project_that_is_not_installed_names_its_dependencies() -> None:
    found = python(Build(language="python", installer="pyproject", dependencies=("pyproject.toml",)))
    assert "import tomllib;" in found["exported"][0]
    older = python(
        Build(language="python", version="3.10", installer="pyproject", dependencies=("pyproject.toml",))
    )
    assert "pip --no-cache-dir install tomli && /tomli/bin/python -c 'import tomli as" in older["exported"][0]
    assert "tomli " not in found["exported"][0]
    assert (found["exported_for_tests"], found["project"]) == ([], False)


def test_nothing_is_installed_from_files_that_name_nothing() -> None:
    assert python(Build(language="python", dependencies=()))["exported"] == []
