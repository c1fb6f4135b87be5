"""Workspaces: which members can run, and what of the others one needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from pipelinekit.plan.detect.node.package import Package, read
from pipelinekit.plan.detect.signs import Texts

Members = Mapping[str, Package]
"""Folder to what its package.json says."""


_LEADS = re.compile(
    r"\b(?:docker(?:-| )compose|concurrently|lerna|turbo|nx|npm-run-all|run-[ps]|foreman)\b|--workspaces?\b"
)


def leads(root: Package) -> bool:
    """Whether what the top starts is nothing but its members."""
    return bool(_LEADS.search(root.scripts.get("start", "")))


def members(texts: Texts, root: Package) -> Members:
    """The members that the root names, by their folders; none where it is no workspace."""
    patterns = root.workspaces or _of_pnpm(texts.get("pnpm-workspace.yaml", ""))
    wanted = [_compiled(each) for each in patterns if not each.startswith("!")]
    unwanted = [_compiled(each[1:]) for each in patterns if each.startswith("!")]
    folders = [posixpath.dirname(each) for each in texts if posixpath.basename(each) == "package.json"]
    return {
        folder: read(texts[f"{folder}/package.json"])
        for folder in sorted(folders)
        if folder
        and any(each.fullmatch(folder) for each in wanted)
        and not any(each.fullmatch(folder) for each in unwanted)
    }


def _of_pnpm(text: str) -> tuple[str, ...]:
    block = re.search(r"^packages:[ \t]*\n((?:[ \t]*(?:-|#).*\n?|[ \t]*\n)+)", text, re.MULTILINE)
    found = re.findall(
        r"^[ \t]*-[ \t]*['\"]?([^'\"#\n]+?)['\"]?[ \t]*(?:#.*)?$", block[1] if block else "", re.MULTILINE
    )
    return tuple(found)


def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = posixpath.normpath(pattern.strip().rstrip("/") or ".")
    parts = re.split(r"(\*\*|\*)", pattern)
    inside = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(inside.get(each, re.escape(each)) for each in parts))


def below(texts: Texts, folder: str) -> dict[str, str]:
    """A member's own files, as if it stood alone."""
    prefix = f"{folder}/"
    return {path.removeprefix(prefix): text for path, text in texts.items() if path.startswith(prefix)}


def outside(texts: Texts, folders: Sequence[str]) -> dict[str, str]:
    """The root's own files."""
    prefixes = tuple(f"{each}/" for each in folders)
    return {path: text for path, text in texts.items() if not path.startswith(prefixes)}


def builds(those: Members, folder: str) -> tuple[str, ...]:
    """The command lines that build a member: those that it needs first, then itself."""
    by_name = {package.name: each for each, package in those.items()}
    order: list[str] = []

    def visit(each: str, path: tuple[str, ...]) -> None:
        if each in order or each in path:
            return
        for name in sorted(those[each].names):
            if name in by_name:
                visit(by_name[name], (*path, each))
        order.append(each)

    visit(folder, ())
    return tuple(f"npm --prefix {each} run build" for each in order if "build" in those[each].scripts)
