"""The data that travels with the package: templates, and later the library and the platform's charts.

In a checkout they are at the top of the repository, in an installed wheel inside the package.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from pipelinekit.adapters.folder.compiled import CompiledCode
from pipelinekit.errors import failed
from pipelinekit.render import CompiledTemplates, Templates

_PACKAGE = Path(__file__).resolve().parents[2]


def folder(name: str) -> Path:
    """The data folder of that name; `ToolFailed` when the installation lacks it."""
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise failed("installation-damaged", f"the folder '{name}' is missing", hint="install pipelinekit again")


@cache
def templates() -> Templates:
    """Every template's text by its path below `templates/`; compiled ones are kept in the user's cache."""
    texts = _texts()
    return CompiledTemplates(texts, CompiledCode(_digest(texts)))


def _texts() -> dict[str, str]:
    root = os.fspath(folder("templates"))
    found = {}
    # Texts instead of `Path`s: every verb that generates reads all of them.
    for above, folders, names in os.walk(root):
        # An installer compiles what ends in .py, the sources of the skeletons too.
        folders[:] = [each for each in folders if each != "__pycache__"]
        for name in names:
            path = f"{above}/{name}"
            with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - a text already
                found[path[len(root) + 1 :]] = stream.read().decode()
    return {name: found[name] for name in sorted(found, key=lambda name: name.split("/"))}


@cache
def templates_digest() -> str:
    """One digest over all templates, names and texts."""
    return _digest(templates())


def _digest(templates: Templates) -> str:
    digest = hashlib.sha256()
    for name, text in templates.items():
        digest.update(name.encode() + b"\0" + text.encode() + b"\0")
    return digest.hexdigest()


@cache
def code_digest() -> str:
    """One digest over the package's own modules: a version alone does not tell two checkouts apart."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.glob("**/*.py")):
        name = path.relative_to(_PACKAGE)
        if name.parts[0] != "data":
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
