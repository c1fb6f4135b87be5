"""Python: Django, Flask, FastAPI, a worker, or a module that runs."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import replace

from pipelinekit.plan.detect.python.program import manager, program
from pipelinekit.plan.detect.python.project import project, version
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


def look(texts: Texts) -> Detected | None:
    """A Python program, or None."""
    said = project(texts)
    if said is None:
        return None
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
    found = found.doubting(f"Python {choice.version}: {choice.doubt}" if choice.doubt else "").doubting(
        said.doubt
    )
    found = program(texts, said, found)
    if not any(_TESTS.search(each) for each in texts):
        found = found.because("no tests: no file of any was found")
    return replace(found, test=_python_tests(texts, said.names))


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
    return UNITTEST
