"""`tests/unit` mirrors the package path for path: a module's tests are found without searching.

Where one file has no room for them they are in a folder with the module's name. A package whose `__init__`
has code of its own is tested by a file with the package's name. What holds for the whole core, and so mirrors
no module, is in `tests/unit/whole`.
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
        if module.parts[0] in TESTED and not _is_tested(pytestconfig.rootpath, module)
    ]
    assert missing == []


def test_no_test_file_is_left_behind_by_its_module(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    modules = _modules(root / "pipelinekit")
    known, rooms = {_tests_of(each) for each in modules}, {_room_of(each) for each in modules}
    found = {
        path.relative_to(root)
        for path in (root / "tests" / "unit").rglob("*.py")
        if path.name not in {"__init__.py", "conftest.py"} and "whole" not in path.parts
    }
    assert sorted(each for each in found - known if each.parent not in rooms) == []


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


def _is_tested(root: Path, module: Path) -> bool:
    return (root / _tests_of(module)).exists() or any((root / _room_of(module)).glob("test_*.py"))


def _room_of(module: Path) -> Path:
    """The folder of a module's tests, where one file has no room for them."""
    return Path("tests", "unit", module.with_suffix(""))


def _tests_of(module: Path) -> Path:
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return Path("tests", "unit", module.parent, f"test_{name}.py")
