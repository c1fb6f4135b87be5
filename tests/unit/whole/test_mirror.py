"""`tests/unit` mirrors the package path for path: a module's tests are found without searching.

A package whose `__init__` has code of its own is tested by a file with the package's name. What holds
for the whole core, and so mirrors no module, is in `tests/unit/whole`.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTED = (
    "errors.py",
    "names.py",
    "model",
    "plan",
    "generators",
    "reading",
    "render",
    "merge",
    "steps",
)
"""The floors L0 to L2, and the steps. Ports are promises without code, all in one table."""


def test_every_module_of_the_pure_floors_has_its_tests(pytestconfig: pytest.Config) -> None:
    package = pytestconfig.rootpath / "pipelinekit"
    missing = [
        module.as_posix()
        for module in _modules(package)
        if module.parts[0] in TESTED and not (pytestconfig.rootpath / _tests_of(module)).exists()
    ]
    assert missing == []


def test_no_test_file_is_left_behind_by_its_module(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    known = {_tests_of(module) for module in _modules(root / "pipelinekit")}
    found = {
        path.relative_to(root)
        for path in (root / "tests" / "unit").rglob("*.py")
        if path.name not in {"__init__.py", "conftest.py"} and "whole" not in path.parts
    }
    assert sorted(found - known) == []


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("errors.py", "tests/unit/test_errors.py"),
        ("reading/app.py", "tests/unit/reading/test_app.py"),
        ("merge/__init__.py", "tests/unit/merge/test_merge.py"),
    ],
)
def test_the_way_from_a_module_to_its_tests(module: str, tests: str) -> None:
    assert _tests_of(Path(module)) == Path(tests)


def _modules(package: Path) -> list[Path]:
    """The package's modules that have something to test, by their path in it."""
    return sorted(
        path.relative_to(package)
        for path in package.rglob("*.py")
        if path.name != "__init__.py" or (path.parent != package and _has_code(path))
    )


def _has_code(path: Path) -> bool:
    body = ast.parse(path.read_text()).body
    return any(not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)) for each in body)


def _tests_of(module: Path) -> Path:
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return Path("tests", "unit", module.parent, f"test_{name}.py")
