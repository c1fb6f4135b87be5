"""Which changed paths need a build, and which no receiver could write."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase, translate

from pipelinekit.model.sources import Layout

DEPENDENCIES = (
    *("requirements*.txt", "requirements/*", "constraints*.txt", "pyproject.toml", "setup.py", "setup.cfg"),
    *("poetry.lock", "uv.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "environment.yml", "pip.conf"),
    *("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
    *("pnpm-workspace.yaml", "bun.lock", "bun.lockb", ".npmrc", ".yarnrc", ".yarnrc.yml", "patches/*"),
    *("Dockerfile", "Dockerfile.*", "*.dockerignore", ".dockerignore"),
)
"""Names, at any depth, of what packages or the image itself are made of."""
_DEPENDENCY = re.compile("|".join(map(translate, DEPENDENCIES)))


def is_building(path: str, layout: Layout) -> bool:
    """Whether a changed path needs a build: packages, the image, or what the Dockerfile names apart.

    Where one folder is served as it is, that is all that is not in it.
    """
    if layout.runtime == "sh":
        outside = bool(layout.folder) and not path.startswith(f"{layout.folder}/")
        return outside or path in layout.apart
    parts = path.rsplit("/", 2)
    if _DEPENDENCY.match(parts[-1]) or _DEPENDENCY.match("/".join(parts[-2:])):
        return True
    return any(path.startswith(f"{each}/") or fnmatchcase(path, each) for each in layout.apart)


def is_sendable(path: str) -> bool:
    """Whether a path is text that every receiver writes alike."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return path.isprintable() and "\\" not in path
