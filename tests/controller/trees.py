"""The parts of a bean that `tree` names, as Jenkins reads it."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]


class BadTree(ValueError):
    """Jenkins answers 500 to this."""


def parse_tree(text: str) -> Tree:
    """`a,b[c]{0,2}` as nested names; a range is under the key `{}`."""
    tree, rest = _names(text)
    if rest:
        raise BadTree(text)
    return tree


def _names(text: str) -> tuple[Tree, str]:
    tree: Tree = {}
    while text and text[0] != "]":
        end = min((at for at in (text.find(each) for each in ",[]{") if at >= 0), default=len(text))
        name, text = text[:end].strip(), text[end:]
        inner: Tree = {}
        if text.startswith("["):
            inner, text = _names(text[1:])
            if not text.startswith("]"):
                raise BadTree("no end")
            text = text[1:]
        if text.startswith("{"):
            window, _, text = text[1:].partition("}")
            inner["{}"] = window
        if name:
            tree[name] = inner
        text = text.removeprefix(",")
    return tree, text


def cut(value: Any, tree: Tree) -> Any:
    """The parts of a bean that a tree names; its class always, a list within its range."""
    if isinstance(value, list):
        window = tree.get("{}")
        if window is not None:
            low, _, high = window.partition(",")
            value = value[int(low or 0) : int(high) if high else None]
        return [cut(each, tree) for each in value]
    if not isinstance(value, dict):
        return value
    names = {name: each for name, each in tree.items() if name != "{}"}
    if "*" in names:
        return value
    out = {"_class": value["_class"]} if "_class" in value else {}
    for name, inner in names.items():
        if name in value and name != "_class":
            out[name] = cut(value[name], inner)
    return out
