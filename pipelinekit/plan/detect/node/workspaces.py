"""Workspaces: which members can run, and what of the others one needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from pipelinekit.plan.detect.folders import naming
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
    wanted = naming(each for each in patterns if not each.startswith("!"))
    unwanted = naming(each[1:] for each in patterns if each.startswith("!"))
    folders = [posixpath.dirname(each) for each in texts if each.endswith("/package.json")]
    return {
        folder: read(texts[f"{folder}/package.json"])
        for folder in sorted(folders)
        if folder and wanted(folder) and not unwanted(folder)
    }


def _of_pnpm(text: str) -> tuple[str, ...]:
    block = re.search(r"^packages:[ \t]*\n((?:[ \t]*(?:-|#).*\n?|[ \t]*\n)+)", text, re.MULTILINE)
    found = re.findall(
        r"^[ \t]*-[ \t]*['\"]?([^'\"#\n]+?)['\"]?[ \t]*(?:#.*)?$", block[1] if block else "", re.MULTILINE
    )
    return tuple(found)


def outside(texts: Texts, folders: Sequence[str]) -> dict[str, str]:
    """The root's own files."""
    prefixes = tuple(f"{each}/" for each in folders)
    return {path: text for path, text in texts.items() if not path.startswith(prefixes)}


def taken(texts: Texts, those: Members, folder: str) -> dict[str, str]:
    """The files of a member, and of the members that it takes, however far; their paths are from the top."""
    by_name = {package.name: each for each, package in those.items()}
    found, waiting = {folder}, [folder]
    while waiting:
        for name in those[waiting.pop()].needed:
            place = by_name.get(name, folder)
            if place not in found:
                found.add(place)
                waiting.append(place)
    prefixes = tuple(f"{each}/" for each in found)
    return {path: text for path, text in texts.items() if path.startswith(prefixes)}


def builds(those: Members, folder: str) -> tuple[str, ...]:
    """The command lines that build a member: those that it needs first, then itself."""
    by_name = {package.name: each for each, package in those.items()}
    order: dict[str, None] = {}
    met = {folder}
    waiting = [(folder, iter(sorted(those[folder].names)))]
    while waiting:
        each, names = waiting[-1]
        new = next((by_name[name] for name in names if by_name.get(name, folder) not in met), None)
        if new is None:
            order[each] = None
            waiting.pop()
        else:
            met.add(new)
            waiting.append((new, iter(sorted(those[new].names))))
    return tuple(f"npm --prefix {each} run build" for each in order if "build" in those[each].scripts)
