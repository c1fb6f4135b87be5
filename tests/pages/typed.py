"""The commands that a test types and that have to succeed, read from its source.

A call counts where the test expects exit code 0 of it: its own name says so (`SUCCEEDS`), or the code of
what it returned is compared with 0, there or by the first comparison of the name that it was given. What a
helper of the same file adds to the words of a call is read from the helper.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.pages.spoken import UNKNOWN

SUCCEEDS = ("must", "saying")
"""Helpers of tests/real that fail the test where the command ends otherwise; Ctrl-C ends that of `saying`."""
UNKNOWN_MANY = f"{UNKNOWN} {UNKNOWN}"
"""Words of which nobody knows how many."""

Names = Mapping[str, list[str]]


@dataclass(frozen=True)
class _Helper:
    """A function whose call has the words of `body`, in which its own arguments stand."""

    arguments: list[str]
    rest: str
    body: ast.Call | ast.Tuple


def succeeding(text: str) -> list[tuple[str, ...]]:
    """The words of each call that has to succeed, where all of them are there to be read."""
    tree = ast.parse(text)
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    helpers = {each.name: found for each in functions if (found := _helper(each))}
    constants = _once(each for each in tree.body if isinstance(each, ast.Assign))
    rows = [
        tuple(_call(call, constants | _once(_bound(each)), helpers))
        for each in functions
        for call in _expected(each)
    ]
    return [each for each in rows if UNKNOWN_MANY not in each]


def _expected(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls in a function that have to succeed."""
    given: dict[str, ast.Call] = {}
    asserts = (each for each in ast.walk(function) if isinstance(each, ast.Assert))
    asserted = {id(each) for node in asserts for each in _all(node.test)}
    nodes = [each for each in ast.walk(function) if isinstance(each, ast.Assign | ast.Compare | ast.Call)]
    for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given.pop(node.targets[0].id, None)
            if isinstance(node.value, ast.Call):
                given[node.targets[0].id] = node.value
        elif isinstance(node, ast.Compare):
            of, code = _first(node.left), _first(node.comparators[0])
            if not isinstance(of, ast.Attribute) or of.attr != "code":
                continue
            call = given.pop(of.value.id, None) if isinstance(of.value, ast.Name) else of.value
            zero = isinstance(code, ast.Constant) and code.value == 0 and isinstance(node.ops[0], ast.Eq)
            zero = zero and id(node) in asserted
            if zero and isinstance(call, ast.Call) and _name(call.func) not in SUCCEEDS:
                yield call
        elif isinstance(node, ast.Call) and _name(node.func) in SUCCEEDS:
            yield node


def _all(test: ast.expr) -> Iterator[ast.expr]:
    """What has to hold for a test to."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for each in test.values:
            yield from _all(each)
    else:
        yield test


def _first(node: ast.expr) -> ast.expr:
    return node.elts[0] if isinstance(node, ast.Tuple) and node.elts else node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


# --- words ------------------------------------------------------------------------------------------


def _bound(function: ast.FunctionDef) -> Iterator[ast.Assign | ast.For]:
    return (each for each in ast.walk(function) if isinstance(each, ast.Assign | ast.For))


def _once(nodes: Iterator[ast.Assign | ast.For]) -> dict[str, list[str]]:
    """The names that stand for one list or tuple, with its words; of one bound twice nothing is known."""
    found: dict[str, list[list[str]]] = {}
    for node in nodes:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name):
            literal = isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple)
            words = _words(node.value, {}, {}) if literal and isinstance(node, ast.Assign) else [UNKNOWN]
            found.setdefault(target.id, []).append(words)
    return {name: each[0] if len(each) == 1 else [UNKNOWN] for name, each in found.items()}


def _helper(function: ast.FunctionDef) -> _Helper | None:
    last = function.body[-1]
    body = last.value if isinstance(last, ast.Return) else None
    arguments, body = (body.args, body.body) if isinstance(body, ast.Lambda) else (function.args, body)
    if not arguments.vararg or not isinstance(body, ast.Call | ast.Tuple):
        return None
    inside = body.args if isinstance(body, ast.Call) else body.elts
    passed = (_name(each.value) for each in inside if isinstance(each, ast.Starred))
    names = [each.arg for each in arguments.args if each.arg != "self"]
    return _Helper(names, arguments.vararg.arg, body) if arguments.vararg.arg in passed else None


def _call(call: ast.Call, known: Names, helpers: Mapping[str, _Helper]) -> list[str]:
    """The words of a call, with those that a helper of the file adds."""
    helper = helpers.get(_name(call.func))
    if not helper:
        return [word for each in call.args for word in _words(each, known, helpers)]
    count = len(helper.arguments)
    own = {
        name: _words(each, known, helpers)
        for name, each in zip(helper.arguments, call.args[:count], strict=False)
    }
    own[helper.rest] = [word for each in call.args[count:] for word in _words(each, known, helpers)]
    inside = helper.body.args if isinstance(helper.body, ast.Call) else helper.body.elts
    return [word for each in inside for word in _words(each, own, {})]


def _words(node: ast.expr, known: Names, helpers: Mapping[str, _Helper]) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else UNKNOWN for each in node.values)
        return ["".join(map(str, parts))]
    if isinstance(node, ast.Starred):
        found = _words(node.value, known, helpers)
        return [UNKNOWN_MANY] if found == [UNKNOWN] else found
    if isinstance(node, ast.List | ast.Tuple):
        return [word for each in node.elts for word in _words(each, known, helpers)]
    if isinstance(node, ast.Call) and _name(node.func) in helpers:
        return _call(node, known, helpers)
    return known.get(node.id, [UNKNOWN]) if isinstance(node, ast.Name) else [UNKNOWN]
