from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect, python
from tests import lookalikes


def test_a_flask_application_behind_gunicorn() -> None:
    found = detect(lookalikes.FLASK)
    assert found is not None
    assert found.command == ("gunicorn", "--bind=0.0.0.0:8000", "shop:web")
    assert (found.port, found.health) == (8000, "/healthz")
    assert found.dependencies == ("requirements.txt", "requirements-dev.txt")
    assert found.test == ("python", "-m", "pytest", "--junitxml=/reports/pytest.xml")


def test_a_flask_application_alone() -> None:
    found = python.look({"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n"})
    assert found is not None
    assert found.command == ("gunicorn", "--bind=0.0.0.0:8000", "app:app")
    assert found.commands
    assert found.commands[0].endswith("install gunicorn")
    assert found.test == python.UNITTEST


def test_django() -> None:
    found = python.look(lookalikes.DJANGO)
    assert found is not None
    assert found.command == ("gunicorn", "--bind=0.0.0.0:8000", "shop.wsgi")
    assert found.commands
    assert found.commands[0].endswith("install gunicorn")
    assert (found.port, found.test) == (8000, python.DJANGO_TEST)
    served = python.look(lookalikes.DJANGO_WITH_GUNICORN)
    assert served is not None
    assert served.command == ("gunicorn", "--bind=0.0.0.0:8000", "shop.wsgi")


def test_fastapi_with_a_project_file() -> None:
    found = detect(lookalikes.FASTAPI)
    assert found is not None
    assert found.command == ("uvicorn", "--host=0.0.0.0", "--port=8000", "app.main:api")
    assert (found.version, found.dependencies, found.health) == ("3.12", ("pyproject.toml",), "/livez")
    assert found.test[:3] == ("python", "-m", "pytest")


@pytest.mark.parametrize(
    ("path", "package", "command"),
    [("orders/__main__.py", "orders", ()), ("main.py", "", ("python", "main.py")), ("lib.py", "", ())],
)
def test_a_module_or_a_script(path: str, package: str, command: tuple[str, ...]) -> None:
    found = python.look({"requirements.txt": "", path: "", "tests/__main__.py": ""})
    assert found is not None
    assert (found.package, found.command, found.test) == (package, command, ())


@pytest.mark.parametrize(
    ("requirement", "layout", "test"),
    [
        ("pytest-django==4", "manage.py", ("python", "-m", "pytest", "--junitxml=/reports/pytest.xml")),
        ("unittest-xml-reporting>=3", "manage.py", python.DJANGO_XML_TEST),
        ("xmlrunner", "app.py", ("python", "-m", "xmlrunner", "discover", "--output=/reports")),
        ("django", "manage.py", python.DJANGO_TEST),
        ("flask", "app.py", python.UNITTEST),
    ],
)
def test_every_test_command_leaves_a_report(requirement: str, layout: str, test: tuple[str, ...]) -> None:
    found = python.look({"requirements.txt": f"{requirement}\n", layout: ""})
    assert found is not None
    assert found.test == test
    assert "/reports" in " ".join(test)


@pytest.mark.parametrize(("folder", "word"), [("backend", "backend"), ("a;b c", "'a;b c'")])
def test_djangos_tests_run_where_it_is(folder: str, word: str) -> None:
    texts = {
        "requirements.txt": "django",
        f"{folder}/manage.py": "",
        f"{folder}/a/settings.py": "STATIC_ROOT = 1",
    }
    found = python.look(texts)
    assert found is not None
    assert found.test[2].startswith(f"cd {word} && python manage.py test")
    quoted = "'a;b c/manage.py'" if ";" in folder else "backend/manage.py"
    assert f"python {quoted} collectstatic --noinput" in (found.commands or ())


@pytest.mark.parametrize(
    ("names", "begins"),
    [
        (("tests/test_app.py",), " -s tests"),
        (("test/test_app.py",), " -s test"),
        (("tests/test_app.py", "tests/__init__.py"), ""),
        (("tests/test_app.py", "test_other.py"), ""),
        (("tests/app.py",), ""),
        ((), ""),
    ],
)
def test_tests_in_a_folder_that_is_no_package_are_found(names: tuple[str, ...], begins: str) -> None:
    found = python.look({"requirements.txt": "flask\n", "app.py": "", **dict.fromkeys(names, "")})
    assert found is not None
    assert f"unittest discover{begins} --verbose" in found.test[2]
