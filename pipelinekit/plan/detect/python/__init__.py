"""Python: Django, Flask, FastAPI, a worker, or a module that runs."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import replace

from pipelinekit.plan.detect.python import workspace
from pipelinekit.plan.detect.python.django import manager
from pipelinekit.plan.detect.python.program import program
from pipelinekit.plan.detect.python.project import Project, project, version
from pipelinekit.plan.detect.signs import Detected, Texts

# Neither unittest nor Django writes reports: `pipelinekit test` makes one of what they say.
_SAID = "{} > /reports/unittest.txt 2>&1; code=$?; cat /reports/unittest.txt; exit $code"
UNITTEST = ("sh", "-c", _SAID.format("python -m unittest discover --verbose"))
DJANGO_TEST = ("sh", "-c", _SAID.format("python manage.py test --verbosity=2"))
# unittest-xml-reporting writes where Django's settings say, if they do.
_XML_RUNNER = "python manage.py test --testrunner=xmlrunner.extra.djangotestrunner.XMLTestRunner"
_COLLECT = "code=$?; find . -name 'TEST-*.xml' -exec cp {} /reports/ ';'; exit $code"
DJANGO_XML_TEST = ("sh", "-c", f"{_XML_RUNNER}; {_COLLECT}")


_LOCKED = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
_TESTS = re.compile(r"(^|/)(tests?/.*\.py|test_[^/]*\.py|[^/]*_test\.py|tests\.py)$")
_DISCOVERED = re.compile(r"(^|/)test[^/]*\.py$")
_FOLDERS = ("tests", "test")


def look(texts: Texts) -> Detected | None:
    """A Python program, or None."""
    said = project(texts)
    if said is None:
        return None
    found = _installed(texts, said)
    those = workspace.members(texts)
    if not those:
        return _tested(texts, said.names, program(texts, said, found))
    # Projects below that are no members are none of its parts either.
    prefixes = tuple(
        each.removesuffix("pyproject.toml") for each in texts if each.endswith("/pyproject.toml")
    )
    outside = {path: text for path, text in texts.items() if not path.startswith(prefixes)}
    lines = (*workspace.installs(texts, those, ""), *(found.commands or ()))
    own = program(outside, said, replace(found, commands=lines or None))
    if not any(each.startswith(workspace.NO_PROGRAM) for each in own.doubts):
        return _tested(texts, said.names, own)
    able = workspace.able(texts, those, found)
    if len(able) == 1:
        return member(texts, able[0].package)
    asked = found.because("members of uv's workspace: " + ", ".join(those))
    none = f"{workspace.NO_PROGRAM} in any member of uv's workspace: say what runs in run.command"
    return replace(asked, choices=able).doubting("" if able else none)


def member(texts: Texts, folder: str) -> Detected | None:
    """One member of a workspace, built from the top so that it finds the others; None for no member."""
    those = workspace.members(texts)
    said = project(texts)
    if said is None or folder not in those:
        return None
    found = workspace.member(texts, those, folder, _installed(texts, said))
    return _tested(texts, said.names + texts[f"{folder}/pyproject.toml"], found)


def needed(texts: Texts, folder: str) -> Texts:
    """What a member is made of: its own files, and those of the members that it takes."""
    those = workspace.members(texts)
    if folder not in those:
        return texts
    prefixes = tuple(f"{each}/" for each in workspace.taken(texts, those, folder))
    return {path: text for path, text in texts.items() if path.startswith(prefixes)}


def _installed(texts: Texts, said: Project) -> Detected:
    """How its packages come, and for which Python."""
    choice, where = version(texts)
    first = next(iter(said.files), "manage.py")
    lock = next((each for each in _LOCKED if each in said.files), "")
    found = Detected(
        language="python",
        version=choice.version,
        base=f"library/python:{choice.version}" if said.compiled else "",
        installer="" if lock else said.installer,
        dependencies=said.files,
        commands=said.commands or None,
        evidence=(f"{first}: Python",),
    )
    if lock:
        found = found.because(f"{lock}: what is installed")
    found = found.because(f"{where or 'no version is asked for'}: Python {choice.version}")
    if said.compiled:
        found = found.because(f"{said.compiled} is compiled: the image with compilers and libraries")
    return found.doubting(f"Python {choice.version}: {choice.doubt}" if choice.doubt else "").doubting(
        said.doubt
    )


def _tested(texts: Texts, names: str, found: Detected) -> Detected:
    if not any(_TESTS.search(each) for each in texts):
        found = found.because("no tests: no file of any was found")
    return replace(found, test=_python_tests(texts, names))


def _python_tests(texts: Texts, names: str) -> tuple[str, ...]:
    manage = manager(texts)
    django = manage == "manage.py"
    if re.search(r"\bpytest\b", names):
        return ("python", "-m", "pytest", "--junitxml=/reports/pytest.xml")
    if re.search(r"\b(?:unittest-xml-reporting|xmlrunner)\b", names, re.IGNORECASE):
        return DJANGO_XML_TEST if django else ("python", "-m", "xmlrunner", "discover", "--output=/reports")
    if manage:
        return (
            DJANGO_TEST
            if django
            else (*DJANGO_TEST[:2], f"cd {shlex.quote(posixpath.dirname(manage))} && {DJANGO_TEST[2]}")
        )
    if "tests/__main__.py" in texts:
        return ()
    return _unittest(texts)


def _unittest(texts: Texts) -> tuple[str, ...]:
    """Discovery begins in the folder of the tests where that is no package: it is not looked into else."""
    folders = {posixpath.dirname(each) for each in texts if _DISCOVERED.search(each)}
    apart = next((each for each in _FOLDERS if each in folders and f"{each}/__init__.py" not in texts), "")
    if not apart or any(each.split("/")[0] != apart for each in folders):
        return UNITTEST
    return (*UNITTEST[:2], UNITTEST[2].replace("discover", f"discover -s {apart}", 1))
