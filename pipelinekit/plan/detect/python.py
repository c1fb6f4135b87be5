"""Python: Django, Flask, FastAPI, or a module that runs."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts, search, shallowest

# Neither unittest nor Django writes reports: `pipelinekit test` makes one of what they say.
_SAID = "{} > /reports/unittest.txt 2>&1; code=$?; cat /reports/unittest.txt; exit $code"
UNITTEST = ("sh", "-c", _SAID.format("python -m unittest discover --verbose"))
DJANGO_TEST = ("sh", "-c", _SAID.format("python manage.py test --verbosity=2"))
# unittest-xml-reporting writes where Django's settings say, if they do.
_XML_RUNNER = "python manage.py test --testrunner=xmlrunner.extra.djangotestrunner.XMLTestRunner"
_COLLECT = "code=$?; find . -name 'TEST-*.xml' -exec cp {} /reports/ ';'; exit $code"
DJANGO_XML_TEST = ("sh", "-c", f"{_XML_RUNNER}; {_COLLECT}")


def look(texts: Texts) -> Detected | None:
    """A Python program, or None."""
    requirements = sorted(
        (path for path in texts if re.fullmatch(r"requirements[^/]*\.txt", path)),
        key=lambda path: (path != "requirements.txt", path),
    )
    project = "pyproject.toml" in texts or "setup.py" in texts
    if not requirements and not project and "manage.py" not in texts:
        return None
    files = tuple(requirements) or (("pyproject.toml",) if "pyproject.toml" in texts else ("setup.py",))
    found = Detected(language="python", dependencies=files, evidence=(f"{files[0]}: Python",))
    version = re.search(r"(?<!\d)(\d+\.\d+)", texts.get(".python-version", ""))
    if version:
        found = replace(found, version=version[1]).because(f".python-version says {version[1]}")
    names = "\n".join(
        texts[path] for path in (*requirements, *(("pyproject.toml",) if project else ())) if path in texts
    )
    found = _python_program(texts, found, names)
    return replace(found, test=_python_tests(texts, names))


def _python_program(texts: Texts, found: Detected, names: str) -> Detected:
    gunicorn = re.search(r"\bgunicorn\b", names, re.IGNORECASE)
    if "manage.py" in texts:
        wsgi = shallowest(texts, r"(^|/)wsgi\.py$")
        module = posixpath.dirname(wsgi).replace("/", ".") if wsgi else ""
        command: tuple[str, ...] = ("python", "manage.py", "runserver", "0.0.0.0:8000")
        if gunicorn and module:
            command = ("gunicorn", "--bind=0.0.0.0:8000", f"{module}.wsgi")
        return replace(found, command=command, port=8000).because("manage.py: Django, on port 8000")
    flask = search(texts, r"\.py$", r"\b(\w+)\s*=\s*Flask\(")
    if flask:
        path = next(
            path
            for path in sorted(texts, key=lambda each: (each.count("/"), each))
            if path.endswith(".py") and "Flask(" in texts[path]
        )
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        port = 8000 if gunicorn else 5000
        command = (
            ("gunicorn", f"--bind=0.0.0.0:{port}", f"{module}:{flask[1]}")
            if gunicorn
            else ("flask", "--app", module, "run", "--host=0.0.0.0", f"--port={port}")
        )
        return replace(found, command=command, port=port).because(
            f"{path}: a Flask application, on port {port}"
        )
    fastapi = search(texts, r"\.py$", r"\b(\w+)\s*=\s*FastAPI\(")
    if fastapi:
        path = next(path for path in sorted(texts) if path.endswith(".py") and "FastAPI(" in texts[path])
        module = path.removesuffix(".py").replace("/", ".")
        command = ("uvicorn", "--host=0.0.0.0", "--port=8000", f"{module}:{fastapi[1]}")
        return replace(found, command=command, port=8000).because(
            f"{path}: a FastAPI application, on port 8000"
        )
    main = shallowest(texts, r"(^|/)__main__\.py$")
    if main and posixpath.dirname(main) and "tests" not in main:
        return replace(found, package=posixpath.dirname(main).replace("/", ".")).because(
            f"{main}: the program"
        )
    script = next((each for each in ("main.py", "app.py", "server.py") if each in texts), "")
    return replace(found, command=("python", script)).because(f"{script}: the program") if script else found


def _python_tests(texts: Texts, names: str) -> tuple[str, ...]:
    django = "manage.py" in texts
    if re.search(r"\bpytest\b", names):
        return ("python", "-m", "pytest", "--junitxml=/reports/pytest.xml")
    if re.search(r"\b(?:unittest-xml-reporting|xmlrunner)\b", names, re.IGNORECASE):
        return DJANGO_XML_TEST if django else ("python", "-m", "xmlrunner", "discover", "--output=/reports")
    if django:
        return DJANGO_TEST
    if "tests/__main__.py" in texts:
        return ()
    return UNITTEST
