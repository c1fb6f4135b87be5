"""Every error code that the source raises, as its syntax tree has them: exit codes, words and next steps."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

from pipelinekit.counts import counted
from pipelinekit.plan.gates.nextstep import GATES
from tests.pages.markdown import prose, table
from tests.pages.said import SAYS

ROOT = Path(__file__).resolve().parents[2] / "pipelinekit"
GAP = "…"
"""Stands for what is known only when it happens."""

EXITS = {
    "CheckFailed": 1,
    "UsageError": 2,
    "DocumentInvalid": 3,
    "ToolMissing": 4,
    "ToolFailed": 5,
    "Refused": 6,
    "check_failed": 1,
    "usage": 2,
    "failed": 5,
    "answered": 5,
    "refused": 6,
}
STATES = frozenset({"ok", "notice", "missing", "failed"})
"""What `doctor` finds has a state where what is found before a deployment has a code."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def data() -> str:
    """pipelinekit/cli/codes.json: code to exit codes, what is said, and what to do."""
    return json.dumps(codes(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def page() -> str:
    """docs/errors.md."""
    rows = [
        (f"`{code}`", ", ".join(map(str, each["exits"])), _cell(each["says"]), _cell(each["hints"]))
        for code, each in sorted(codes().items())
    ]
    return f"{HEAD}\n{table(('code', 'exit', 'what it means', 'what to do'), rows)}\n"


HEAD = """\
# Every error code

Made from the source by `python -m tests.derived`; a test compares. `--json` gives the code of an error;
`pipelinekit explain-error CODE` prints its line of this table. … is what is known only when it happens: the
message itself names it, and where it is. Nothing below "what to do" means that the next step varies too.
Where no exit code is given, it is that of the verb that says it.

A name that nobody knows ends with 2 where it was typed (an argument, an option, a variable) and with 3
where a document says it, whatever the verb. 6 is left to what is known and may not be, or is not there now.
"""


def _cell(texts: list[str]) -> str:
    return "<br>".join(prose(each).replace("*", "\\*") for each in texts)


@cache
def codes() -> dict[str, dict[str, list[Any]]]:
    """By code: `exits`, `says` and `hints`, each without doubles, in the order of the source."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}
    takers = _takers(trees.values())
    constants = {name: value for tree in trees.values() for name, value in _constants(tree)}
    found: dict[str, dict[str, list[Any]]] = {}
    for path, tree in trees.items():
        own = dict(_constants(tree)) | {name: constants[name] for name in _imported(tree) & constants.keys()}
        for call, above in _calls(tree):
            name = _name(call.func)
            if name not in takers or path.name == "errors.py":
                continue
            for code in _codes(_argument(call, takers[name], "code"), constants):
                entry = found.setdefault(code, {"exits": [], "says": [], "hints": []})
                _add(entry["exits"], [_exit(name, above, path)])
                _add(entry["says"], _texts(_argument(call, takers[name] + 1, "problem"), above))
                _add(entry["hints"], _texts(_argument(call, None, "hint"), above, own))
    for gate, told in GATES.items():
        entry = found.setdefault(f"gate-{gate}", {"exits": [6], "says": [], "hints": []})
        _add(entry["says"], [told.means])
        _add(entry["hints"], [re.sub(r"{\w+}", GAP, told.step)])
    entry = found["gate-*"]
    entry["exits"] = [EXITS["Refused"]]
    entry["hints"] = [
        f"`pipelinekit explain-error gate-NAME` has the next step; the names: {', '.join(GATES)}"
    ]
    for code, entry in found.items():
        entry["says"] = [SAYS[code]] if code in SAYS else entry["says"]
        assert entry["says"], f"{code}: no words in the source, and none in tests/pages/said.py"
    assert SAYS.keys() <= found.keys(), f"no code is {SAYS.keys() - found.keys()}"
    return found


def _add(known: list[Any], more: Iterable[Any]) -> None:
    known += [each for each in dict.fromkeys(more) if each and each not in known]


def _takers(trees: Iterable[ast.Module]) -> dict[str, int]:
    """Every function, method and record that takes a `code`, and as which of its arguments."""
    found: dict[str, int] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, Function):
            names = [each.arg for each in node.args.args if each.arg not in ("self", "cls")]
        elif isinstance(node, ast.ClassDef):
            fields = [each.target for each in node.body if isinstance(each, ast.AnnAssign)]
            names = [each.id for each in fields if isinstance(each, ast.Name)]
        else:
            continue
        if "code" in names and {"problem", "reason"} & set(names):
            place = found.setdefault(node.name, names.index("code"))
            assert place == names.index("code"), f"two {node.name} that take a code, each at another place"
    return found


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from ((each.id, value.value) for each in node.targets if isinstance(each, ast.Name))


def _imported(tree: ast.Module) -> set[str]:
    return {
        each.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for each in node.names
        if not each.asname
    }


def _calls(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, above
        yield from _calls(child, (*above, child))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    named = [each.value for each in call.keywords if each.arg == name]
    if place is not None and place < len(call.args):
        return call.args[place]
    return named[0] if named else None


def _codes(node: ast.expr | None, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _codes(node.body, constants)
        yield from _codes(node.orelse, constants)
    elif isinstance(node, ast.Name) and "-" in constants.get(node.id, ""):
        # A state stands in a constant too, in records of another kind; none of them has a hyphen.
        yield constants[node.id]
    elif isinstance(node, ast.JoinedStr):
        yield _joined(node).replace(GAP, "*")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in STATES:
        yield node.value


def _exit(name: str, above: tuple[ast.AST, ...], path: Path) -> int | None:
    around = [_name(each.func) for each in reversed(above) if isinstance(each, ast.Call)]
    known = [EXITS[each] for each in (name, *around) if each in EXITS]
    return known[0] if known else 3 if path.is_relative_to(ROOT / "reading") else None


def _texts(
    node: ast.expr | None, above: tuple[ast.AST, ...], constants: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What literals say, also those that the function or the module has given a name, or nothing."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, above, constants)
        yield from _texts(node.orelse, above, constants)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _texts(part, above, constants)
    elif isinstance(node, ast.Name) and constants and node.id in constants:
        yield constants[node.id]
    elif isinstance(node, ast.Name):
        functions = [each for each in above if isinstance(each, Function)]
        for each in (each for function in functions[-1:] for each in ast.walk(function)):
            if isinstance(each, ast.Assign) and node.id in {_name(target) for target in each.targets}:
                # Without what is above: a name that is made from itself would go round.
                yield from _texts(each.value, ())
    elif isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Constant)):
        text = _joined(node)
        if any(each.isalpha() for each in text):
            yield text


def _is_count(node: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and _name(node.func) == counted.__name__


def _joined(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_joined(each) for each in node.values)
    if isinstance(node, ast.BinOp):
        return _joined(node.left) + _joined(node.right)
    if isinstance(node, ast.FormattedValue) and _is_count(node.value):
        nouns = [_joined(each) for each in node.value.args[1:]]
        return counted(2, *nouns).replace("2", GAP, 1)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else GAP
