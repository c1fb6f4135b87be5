"""Who installs the packages of Python and Node, and what of the repository is there when they do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any

from pipelinekit.model.app import Build

WHOLE = "."
"""Among the dependencies: the whole source, for an install that runs scripts of the repository."""

PROGRAMS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
NODE_LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
NODE_BUILD = ("npm run build --if-present",)
NODE_IMAGE = "library/node:24-slim"
"""What builds the front end of another language's program."""
BUN = "/usr/local/lib/node_modules/bun"
"""Where npm puts bun's package, program and all, in an official image."""

PYTHON_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
PROJECT_FILES = frozenset(("pyproject.toml", "setup.cfg", "setup.py"))


# The lock becomes a list that pip installs: pip knows the platform's proxy and its login, whoever locked.
EXPORTS = {
    "uv": ("uv", "uv export --quiet --frozen --no-emit-project --no-emit-workspace --no-dev -o {}"),
    "poetry": ("poetry{} poetry-plugin-export", "poetry export -o {}"),
    # With what PDM was released with: a later one of its parts may lack what it calls.
    "pdm": ("'pdm[locked]{}'", "pdm export --prod --format requirements -o {}"),
    "pipenv": ("pipenv", "pipenv requirements --hash --exclude-index > {}"),
}
EXPORTS_FOR_TESTS = {
    "uv": "uv export --quiet --frozen --no-emit-project --no-emit-workspace --all-groups -o {}",
    "poetry": "poetry export --all-groups -o {}",
    "pdm": "pdm export --format requirements -o {}",
    "pipenv": "pipenv requirements --dev --hash --exclude-index > {}",
}
_UNHASHED = {
    "uv": ("uv export --no-hashes ", "uv export "),
    "poetry": ("poetry export --without-hashes ", "poetry export "),
    "pdm": ("pdm export --without-hashes ", "pdm export "),
    "pipenv": ("", " --hash"),
}
"""How each leaves out the hashes, instead of how it is called with them."""
_ALONE, _TOGETHER = "uv export ", "uv export --all-packages "
_NAMED = 'import {}; print("\\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))'
_BEFORE_TOMLLIB = re.compile(r"3\.(?:[0-9]|10)(?:\.|$)")
_LIST = "/tmp/requirements.txt"  # noqa: S108 - in the image's build
_INSTALL = f"pip --no-cache-dir --python /venv/bin/python install -r {_LIST}"


def copies(dependencies: Iterable[str]) -> list[list[str]]:
    """The operands of one COPY for each folder: sources, then the folder that they keep their place in.

    A name that ends in `/` is a folder, copied with all that is in it.
    """
    found: dict[str, list[str]] = {}
    for each in dependencies:
        if posixpath.normpath(each) == WHOLE:
            return [[WHOLE, WHOLE]]
        folder = each.rstrip("/") if each.endswith("/") else posixpath.dirname(each)
        # A folder's content is what COPY takes of it, so that it needs a line of its own.
        found.setdefault(posixpath.normpath(f"./{folder}/"), []).append(each)
    return [[*sources, "./" if folder == "." else f"./{folder}/"] for folder, sources in found.items()]


def site(build: Build) -> str:
    """The folder of a site that a Node build makes; empty for a program."""
    return "" if build.package.endswith(PROGRAMS) else build.package.strip("/")


def node(build: Build) -> dict[str, Any]:
    """How the packages come, what builds the program, and what is left out of the image."""
    dependencies = build.dependencies or ()
    locks = [installer for lock, installer in NODE_LOCKS.items() if _names(lock, dependencies)]
    installer, _, pin = (build.installer or (locks[0] if locks else "npm")).partition("@")
    if installer == "yarn" and pin and not pin.startswith("1."):
        installer = "berry"
    return {
        "installer": installer,
        "locked": bool(locks),
        "pin": f"@{pin}" if pin else "",
        "focus": pin.split(".")[0] not in {"2", "3"},
        "copies": copies(dependencies),
        "whole": copies(dependencies) == [[WHOLE, WHOLE]],
        "commands": list(NODE_BUILD if build.commands is None else build.commands),
        "prune": build.prune,
        "site": site(build),
        "bun": BUN if installer == "bun" else "",
    }


def php(build: Build) -> dict[str, Any]:
    """Whether Composer installs, who installs the front end's packages, and the folder of the pages."""
    named = build.dependencies or ()
    own = [each for each in named if each.startswith("composer.")]
    return {
        **_front_end(build),
        "composer": bool(own),
        "copies": copies(own),
        # Beside a framework's index.php lie its assets alone.
        "front": bool(own) and posixpath.normpath(build.package) != ".",
        "root": posixpath.normpath(f"/app/{build.package}"),
    }


def ruby(build: Build) -> dict[str, Any]:
    """What Bundler reads before the source is there, who installs the front end, and where a site is."""
    files = {"package.json", *NODE_LOCKS}
    named = [each for each in build.dependencies or () if each not in files]
    site = "" if build.package.endswith(".rb") else build.package.strip("/")
    return {**_front_end(build), "copies": copies(named), "site": site}


def _front_end(build: Build) -> dict[str, Any]:
    """How Node gets into the build of another language's program; no installer where it does not."""
    front = node(build) if build.installer else {}
    return {
        "installer": front.get("installer", ""),
        "pin": front.get("pin", ""),
        "locked": front.get("locked", False),
        "commands": list(build.commands or ()),
        "node": NODE_IMAGE,
    }


def python(build: Build) -> dict[str, Any]:
    """Which files name packages, for the program and for its tests, and who reads them."""
    named = build.dependencies or ()
    files = [each for each in named if _installed(each)]
    tests = [each for each in files if _is_for_tests(each)]
    locks = [installer for lock, installer in PYTHON_LOCKS.items() if _names(lock, named)]
    installer, _, pin = (build.installer or (locks[0] if locks else "pip")).partition("@")
    pips = installer == "pip"
    exported, for_tests = _exports(
        installer, f"=={pin}" if pin else "", build.version, folders=bool(build.home)
    )
    if installer == "uv" and any(each.endswith("/pyproject.toml") for each in named):
        # The top of a workspace may need nothing itself.
        exported, for_tests = (
            [each.replace(_ALONE, _TOGETHER) for each in one] for one in (exported, for_tests)
        )
    return {
        "exported": exported,
        "exported_for_tests": for_tests,
        "copies": copies(named),
        "whole": copies(named) == [[WHOLE, WHOLE]],
        "requirements": [each for each in files if each not in tests] if pips else [],
        "test_requirements": tests if pips else [],
        "project": pips and bool(PROJECT_FILES & set(named)),
        "commands": list(build.commands or ()),
    }


def _exports(installer: str, pin: str, version: str, *, folders: bool = False) -> tuple[list[str], list[str]]:
    """Command lines that install what is locked: for the program, and for its tests.

    pip takes no list in which some have hashes, and `folders` have none.
    """
    if installer == "pyproject":
        # Python's own reader came with 3.11.
        older = bool(_BEFORE_TOMLLIB.match(version))
        there = "python -m venv /tomli && /tomli/bin/pip --no-cache-dir install tomli && /tomli/bin/"
        named = _NAMED.format("tomli as tomllib" if older else "tomllib")
        return [f"{there if older else ''}python -c '{named}' > {_LIST} && {_INSTALL}"], []
    if installer not in EXPORTS:
        return [], []
    packages, export = EXPORTS[installer]
    words = packages.format(pin) if "{}" in packages else f"{packages}{pin}"
    tool = f"python -m venv /{installer} && /{installer}/bin/pip --no-cache-dir install {words}"
    found = f"{tool} && /{installer}/bin/{export.format(_LIST)} && {_INSTALL}"
    tests = f"/{installer}/bin/{EXPORTS_FOR_TESTS[installer].format(_LIST)} && {_INSTALL}"
    lines = (found, tests)
    if folders:
        plain, hashed = _UNHASHED[installer]
        lines = (found.replace(hashed, plain), tests.replace(hashed, plain))
    return [lines[0]], [lines[1]]


def _names(lock: str, dependencies: Iterable[str]) -> bool:
    return any(each.rstrip("*") == lock for each in dependencies)


def _is_for_tests(file: str) -> bool:
    return any(word in posixpath.basename(file) for word in ("dev", "test"))


def _installed(file: str) -> bool:
    """Whether a file of requirements is one to install; constraints only go along."""
    return file.endswith((".txt", ".in")) and "constraint" not in posixpath.basename(file)
