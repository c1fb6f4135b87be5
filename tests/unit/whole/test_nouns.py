"""Whatever is counted in a sentence has its noun from `counts`: nobody reads of 1 files, or of 1 file(s)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[3] / "pipelinekit"
NO_NOUNS = {
    "as",
    "does",
    "gets",
    "has",
    "is",
    "its",
    "needs",
    "runs",
    "says",
    "these",
    "this",
    "was",
    "whose",
    "with",
}
NEAR = 3
"""So many words behind a number are looked at: `2 changed files`."""


@cache
def numbers_by_name() -> frozenset[str]:
    """The fields that are a number in whatever record has them."""
    kinds: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                        kinds.setdefault(each.target.id, set()).add(ast.unparse(each.annotation))
    return frozenset(name for name, said in kinds.items() if said == {"int"})


def is_number(node: ast.expr, known: set[str]) -> bool:
    """Whether an expression counts, as far as its own words tell. A constant is never one."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in {"len", "sum", "int", "max", "min"}
    if isinstance(node, ast.BinOp):
        return is_number(node.left, known) or is_number(node.right, known)
    if isinstance(node, ast.BoolOp):
        return any(is_number(each, known) for each in node.values)
    if isinstance(node, ast.Attribute):
        return node.attr in numbers_by_name()
    return isinstance(node, ast.Name) and node.id in known and not node.id.isupper()


def names_of_numbers(function: ast.AST) -> set[str]:
    """What a function calls its numbers: parameters that are said to be, and what it has counted."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) == "int":
            found.add(node.arg)
        elif isinstance(node, ast.Assign) and is_number(node.value, set()):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            asked = node.iter
            if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Name) and asked.func.id == "range":
                found.add(node.target.id)
    return found


def odd(text: str) -> Iterator[str]:
    """What is wrong with a module's sentences."""
    tree = ast.parse(text)
    within = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    said = set()
    for function in within:
        known = names_of_numbers(function)
        for node in ast.walk(function):
            if isinstance(node, ast.JoinedStr):
                said |= {(node.lineno, each) for each in _bare_plurals(node, known)}
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            said |= {(node.lineno, each) for each in re.findall(r"\w+\((?:s|es)\)", node.value)}
    yield from (f"{line}: {what}" for line, what in sorted(said))


def _bare_plurals(joined: ast.JoinedStr, known: set[str]) -> Iterator[str]:
    for number, after in zip(joined.values, joined.values[1:], strict=False):
        if not isinstance(number, ast.FormattedValue) or not is_number(number.value, known):
            continue
        behind = re.match(r" ((?:[\w-]+ ?)+)", str(after.value)) if isinstance(after, ast.Constant) else None
        words = behind[1].split()[:NEAR] if behind else []
        for word in words:
            if word in NO_NOUNS:
                break
            if re.search(r"[^s]s\Z", word):
                yield f"{{{ast.unparse(number.value)}}} {' '.join(words)}"
                break


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_every_count_has_its_noun_from_one_place(path: Path) -> None:
    assert list(odd(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('return f"{len(a)} files"', True),
        ('return f"{len(a)} changed files are there"', True),
        ('return f"{a} of {len(b)} tests failed"', True),
        ('return f"{n} pods are new"', True),
        ('return f"{n or 1} pods"', True),
        ('return f"{len(a) - n} pods"', True),
        ('return f"{each.attempts} files"', False),
        ('return "1 file(s)"', True),
        ('"""Says file(s)."""', False),
        ('return f"{MOST} files"', False),
        ('return f"{a} has files"', False),
        ('return f"{len(a)} is less"', False),
        ("return counted(len(a), 'file')", False),
    ],
)
def test_a_number_in_front_of_a_plural_is_seen(line: str, found: bool) -> None:
    assert bool(list(odd(f"def f(a, b, n: int) -> str:\n    {line}\n"))) is found
