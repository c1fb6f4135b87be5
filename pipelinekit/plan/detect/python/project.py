"""Which files name a Python program's packages, who installs them, and for which Python."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect.ranges import PYTHON, Choice, choose, quoted
from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.tables import toml_of
from pipelinekit.records import dataclass

LOCKS = (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"))
INSTALL = "pip --no-cache-dir --python /venv/bin/python install"
_REQUIREMENTS = re.compile(r"requirements[^/]*\.(txt|in)|requirements/[^/]+\.(txt|in)")
_FIRST = (
    *("requirements.txt", "requirements/prod.txt", "requirements/production.txt", "requirements-prod.txt"),
    *("requirements/requirements.txt", "requirements/base.txt", "requirements/main.txt", "requirements.in"),
)
_FOR_TESTS = re.compile(r"(dev|test)")
_INCLUDED = re.compile(r"^[^\S\n]*(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)", re.MULTILINE)
_LOCAL = re.compile(r"^[^\S\n]*(?:-e\s+|--editable[ =])?(?:\.|file:)(?:[/\[\s]|$)", re.MULTILINE)
# Without wheels for Linux: they are compiled, and look for their libraries when they run.
_COMPILED = re.compile(
    r"(?<![\w-])(psycopg2(?!-binary)|mysqlclient|uwsgi|python-ldap|pycairo|pygraphviz|xmlsec)(?![\w-])",
    re.IGNORECASE,
)


PORT = 8000
"""Where a server of ours listens."""
_WORD = "${PROJECT_ROOT}"
_PDMS = "pyproject.toml: ${PROJECT_ROOT} is PDM's own word, and pip, which installs here, does not know it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`names` is the text of every file that names packages; `installed` whether the source is a package."""

    files: tuple[str, ...]
    names: str
    installer: str = ""
    installed: bool = False
    commands: tuple[str, ...] = ()
    compiled: str = ""
    doubt: str = ""


def project(texts: Texts) -> Project | None:
    """What the repository says of its packages, or None when it is no Python project."""
    data = toml_of(texts.get("pyproject.toml", ""))
    requirements = [each for each in texts if _REQUIREMENTS.fullmatch(each)]
    sources = [
        *requirements,
        *(each for each in ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py") if each in texts),
    ]
    names = "\n".join(texts[each] for each in sources)
    found = (
        _locked(texts, data, names)
        or _listed(texts, data, requirements, names)
        or _packaged(texts, data, names)
    )
    if found is None and "manage.py" in texts:
        found = Project(files=(), names=names, doubt="no file names the packages that are needed")
    return found


def at(data: Any, *path: str) -> Any:
    """What stands at a path of mappings; None where there is no such path."""
    for each in path:
        data = data.get(each) if isinstance(data, dict) else None
    return data


def _compiled(names: str) -> str:
    found = _COMPILED.search(names)
    return found[1].lower() if found else ""


def _locked(texts: Texts, data: dict[str, Any], names: str) -> Project | None:
    for lock, installer in LOCKS:
        if lock in texts and "pyproject.toml" in texts:
            members = (
                [each for each in texts if each.endswith("/pyproject.toml")]
                if at(data, "tool", "uv", "workspace") is not None
                else []
            )
            installed = installable(texts, data)
            return Project(
                files=("pyproject.toml", lock, *members),
                names=names,
                installer=installer,
                installed=installed,
                commands=(f"{INSTALL} --no-deps .",) if installed else (),
                compiled=_compiled(names),
                # What is exported has its value instead; the project's own metadata has the word.
                doubt=_PDMS if installer == "pdm" and installed and _WORD in texts["pyproject.toml"] else "",
            )
    if "Pipfile" in texts:
        has_lock = "Pipfile.lock" in texts
        return Project(
            files=("Pipfile", "Pipfile.lock") if has_lock else ("Pipfile",),
            names=names,
            installer="pipenv",
            compiled=_compiled(names),
            doubt="" if has_lock else "Pipfile has no lock beside it: pipenv lock makes one",
        )
    return None


def _listed(texts: Texts, data: dict[str, Any], requirements: list[str], names: str) -> Project | None:
    if not requirements:
        return None
    for_tests = [each for each in requirements if _FOR_TESTS.search(posixpath.basename(each))]
    for_program = [each for each in requirements if each not in for_tests]
    first = next((each for each in _FIRST if each in for_program), min(for_program, default=""))
    best = sorted(for_tests, key=lambda each: (not each.endswith(".txt"), "dev" not in each, each))[:1]
    files = list(
        dict.fromkeys(
            (*_with_included(texts, first), *(each for one in best for each in _with_included(texts, one)))
        )
    )
    whole = (".",) if any(_LOCAL.search(texts[each]) for each in files) else ()
    installed = "project" in data and installable(texts, data)
    return Project(
        files=(*files, *whole),
        names=names,
        installed=installed,
        commands=(f"{INSTALL} --no-deps .",) if installed and not whole else (),
        compiled=_compiled(names),
    )


def _with_included(texts: Texts, first: str) -> list[str]:
    """A file and those that it includes, itself first."""
    found: list[str] = []
    left = [first] if first else []
    while left:
        path = left.pop(0)
        if path in found or path not in texts:
            continue
        found.append(path)
        beside = posixpath.dirname(path)
        left += [posixpath.normpath(posixpath.join(beside, each)) for each in _INCLUDED.findall(texts[path])]
    return found


def _packaged(texts: Texts, data: dict[str, Any], names: str) -> Project | None:
    old = next((each for each in ("setup.py", "setup.cfg") if each in texts), "")
    if "pyproject.toml" not in texts and not old:
        return None
    compiled = _compiled(names)
    if old or installable(texts, data):
        files = tuple(each for each in ("pyproject.toml", "setup.cfg", "setup.py") if each in texts)
        return Project(files=files, names=names, installed=True, compiled=compiled)
    if isinstance(at(data, "project", "dependencies"), list):
        return Project(files=("pyproject.toml",), names=names, installer="pyproject", compiled=compiled)
    doubt = "pyproject.toml names no packages that can be installed without a lock file"
    return Project(files=(), names=names, compiled=compiled, doubt=doubt)


def installable(texts: Texts, data: Mapping[str, Any], folder: str = "") -> bool:
    """Whether a build backend would find the package of a folder: many projects have one and are none."""
    if "build-system" not in data:
        return False
    if at(data, "tool", "poetry", "package-mode") is False or at(data, "tool", "uv", "package") is False:
        return False
    told = (
        ("tool", "poetry", "packages"),
        ("tool", "hatch", "build"),
        ("tool", "setuptools"),
        ("tool", "pdm", "build"),
    )
    if any(at(data, *each) for each in told):
        return True
    name = at(data, "project", "name") or at(data, "tool", "poetry", "name")
    module = re.sub(r"[-_.]+", "_", name).lower() if isinstance(name, str) else ""
    usual = (f"{module}/__init__.py", f"src/{module}/__init__.py", f"{module}.py")
    return bool(module) and any(posixpath.join(folder, each) in texts for each in usual)


def version(texts: Texts) -> tuple[Choice, str]:
    """The Python that it wants, and where that is said."""
    data, pipfile = toml_of(texts.get("pyproject.toml", "")), toml_of(texts.get("Pipfile", ""))
    setup = re.search(
        r"python_requires\s*=\s*[\"']?([^\"'\n]+)",
        f"{texts.get('setup.cfg', '')}\n{texts.get('setup.py', '')}",
    )
    said = (
        (".python-version", _line_of(texts.get(".python-version", ""))),
        ("runtime.txt", _line_of(texts.get("runtime.txt", ""))),
        ("requires-python", at(data, "project", "requires-python")),
        ("pyproject.toml", at(data, "tool", "poetry", "dependencies", "python")),
        (
            "Pipfile",
            at(pipfile, "requires", "python_version") or at(pipfile, "requires", "python_full_version"),
        ),
        ("python_requires", setup[1].strip() if setup else ""),
    )
    for place, text in said:
        if isinstance(text, str) and text:
            return choose(text, PYTHON), f"{place} says {quoted(text)}"
    return choose("", PYTHON), ""


def _line_of(text: str) -> str:
    found = re.search(r"(?<![\d.])(\d+\.\d+)", text)
    return found[1] if found else ""


def has(project: Project, name: str) -> bool:
    """Whether a file names a package."""
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", project.names, re.IGNORECASE))


def served_by(found: Detected, project: Project, server: str) -> Detected:
    """The same with a server for production, installed where no file names it."""
    if has(project, server):
        return found
    commands = (*(found.commands or ()), f"{INSTALL} {server}")
    return replace(found, commands=commands).because(
        f"{server}: added, for no file names a server for production"
    )
