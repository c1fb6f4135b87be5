"""What package.json says, whatever its form, and who installs."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from pipelinekit.plan.detect.ranges import NODE, Choice, choose, quoted
from pipelinekit.plan.detect.signs import Texts
from pipelinekit.records import dataclass

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
SETTINGS = (".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs", "bunfig.toml")
"""What an installer reads beside package.json and its lock."""
FOLDERS = (".yarn/", "patches/")
LIFECYCLE = ("preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare")
_NOTHING = re.compile(r"husky|is-ci|lefthook|simple-git-hooks|^[^\S\n]*(echo|true|exit 0)\b")
"""Scripts that only concern a workplace; they still run, with nothing of the source."""
_NAMED = {"hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24"}
# What wrote each format of a lock file: a newer program would refuse it or write another.
_PNPM_LOCKS = (("5", "7"), ("6", "8"), ("9", "10"))


@dataclass(frozen=True, slots=True)
class Package:
    """A package.json as far as it has the form that npm wants; what has not is taken for absent."""

    name: str = ""
    main: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    development: Mapping[str, str] = field(default_factory=dict)
    node: str = ""
    """What engines asks for."""
    manager: str = ""
    workspaces: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every package that it depends on."""
        return frozenset((*self.needed, *self.development))


def read(text: str) -> Package:
    """What a package.json says."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return Package()
    if not isinstance(data, dict):
        return Package()
    volta = _texts(data.get("volta")).get("node", "")
    optional = _texts(data.get("optionalDependencies"))
    return Package(
        name=_text(data.get("name")),
        main=_text(data.get("main")),
        scripts=_texts(data.get("scripts")),
        needed={**optional, **_texts(data.get("dependencies"))},
        development=_texts(data.get("devDependencies")),
        node=_texts(data.get("engines")).get("node", "") or _from_list(data.get("engines")) or volta,
        manager=_text(data.get("packageManager")),
        workspaces=_workspaces(data.get("workspaces")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> dict[str, str]:
    return (
        {key: each for key, each in value.items() if isinstance(each, str)} if isinstance(value, dict) else {}
    )


def _from_list(value: Any) -> str:
    """Once, engines was a list: `["node >= 0.8"]`."""
    said = [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
    return next((each.removeprefix("node").strip() for each in said if each.startswith("node")), "")


def _workspaces(value: Any) -> tuple[str, ...]:
    found = value.get("packages") if isinstance(value, dict) else value
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def version(texts: Texts, package: Package) -> tuple[Choice, str]:
    """The Node that it wants, and where that is said."""
    for file in (".nvmrc", ".node-version"):
        lines = texts.get(file, "").split()
        if lines:
            said = lines[0].removeprefix("lts/").lower()
            return choose(_NAMED.get(said, said.removeprefix("v")), NODE), f"{file} says {quoted(lines[0])}"
    if package.node:
        return choose(package.node, NODE), f"engines say {quoted(package.node)}"
    return choose("", NODE), ""


def installer(texts: Texts, package: Package) -> tuple[str, str]:
    """Who installs, with a version where one is asked for, and why."""
    pinned = re.match(r"(npm|pnpm|yarn|bun)@(\d[A-Za-z0-9.-]*)", package.manager)
    if pinned:
        name, pin = pinned[1], pinned[2]
        # npm comes with Node.
        return (name if name == "npm" else f"{name}@{pin}"), f"packageManager: {name} {pin}"
    lock = next((each for each in LOCKS if each in texts), "")
    if not lock:
        if "pnpm-workspace.yaml" in texts:
            return "pnpm", "pnpm-workspace.yaml: pnpm, without a lock file"
        return "npm", "no lock file: npm install"
    name = LOCKS[lock]
    return f"{name}{_pin(name, texts[lock], texts)}", f"{lock}: {name} installs"


def _pin(name: str, lock: str, texts: Texts) -> str:
    if name == "yarn":
        return "@4" if ".yarnrc.yml" in texts or re.search(r"^__metadata:", lock, re.MULTILINE) else ""
    if name == "pnpm":
        said = re.search(r"^lockfileVersion:\s*['\"]?(\d+)", lock, re.MULTILINE)
        return next((f"@{pin}" for form, pin in _PNPM_LOCKS if said and said[1] == form), "")
    return ""


def installed_from(texts: Texts, package: Package, manager: str) -> tuple[tuple[str, ...], str]:
    """The files that an installation reads, and why the whole source is among them when it is."""
    name = manager.partition("@")[0]
    locks = [each for each, owner in LOCKS.items() if owner == name and each in texts][:1]
    files = ["package.json", *locks, *(each for each in SETTINGS if each in texts)]
    files += [each for each in FOLDERS if any(path.startswith(each) for path in texts)]
    reason = _reads_source(texts, package)
    return (*files, *((".",) if reason else ())), reason


def _reads_source(texts: Texts, package: Package) -> str:
    for name in LIFECYCLE:
        script = package.scripts.get(name, "")
        if script and not _NOTHING.search(script):
            return f"{name}: a script of the repository runs while packages are installed"
    if "@prisma/client" in package.names and any(path.endswith(".prisma") for path in texts):
        return "prisma: its client is made from the schema while packages are installed"
    local = [each for each in package.needed.values() if re.match(r"(file|link|portal):", each)]
    return "a dependency is a folder of the repository" if local else ""


def inside(path: str) -> str:
    """A path as the repository has it."""
    return posixpath.normpath(path)
