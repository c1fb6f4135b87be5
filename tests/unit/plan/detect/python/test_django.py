"""Django's server, and its static files."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.python.django import django, manager
from pipelinekit.plan.detect.python.project import Project
from pipelinekit.plan.detect.signs import Detected

PYTHON = Detected(language="python")
FILES = {"manage.py": "", "shop/wsgi.py": "", "shop/asgi.py": "", "shop/settings.py": ""}


def seen(files: dict[str, str], names: str) -> Detected | None:
    return django(files, [*files], Project(files=(), names=names), PYTHON)


@pytest.mark.parametrize(
    ("names", "command"),
    [
        ("django\ngunicorn", ("gunicorn", "--bind=0.0.0.0:8000", "shop.wsgi")),
        ("django\nuvicorn", ("uvicorn", "--host=0.0.0.0", "--port=8000", "shop.asgi:application")),
        ("django\nwaitress", ("waitress-serve", "--listen=0.0.0.0:8000", "shop.wsgi:application")),
    ],
)
def test_the_server_that_is_named_serves_it(names: str, command: tuple[str, ...]) -> None:
    found = seen(FILES, names)
    assert found
    assert (found.command, found.commands, found.port) == (command, None, 8000)


def test_a_server_for_production_is_added() -> None:
    found = seen(FILES, "django")
    assert found
    assert found.commands
    assert found.commands[0].endswith(" gunicorn")


@pytest.mark.parametrize(
    ("settings", "collected"),
    [
        ("STATIC_ROOT = 'x'\n", True),
        ("STATIC_ROOT = 'x'\nKEY = os.environ['SECRET_KEY']\n", True),
        ("STATIC_ROOT = 'x'\nURL = os.environ['DATABASE_URL']\n", False),
    ],
)
def test_static_files_are_collected_where_the_settings_can_be_read(settings: str, collected: bool) -> None:
    found = seen({**FILES, "shop/settings.py": settings}, "gunicorn")
    assert found
    assert any("collectstatic" in each for each in found.commands or ()) is collected
    assert any("collectstatic" in each for each in found.doubts) is not collected


def test_it_is_known_by_its_manager_not_far_down() -> None:
    assert manager({"src/manage.py": ""}) == "src/manage.py"
    assert manager({"a/b/c/manage.py": ""}) == ""
    assert seen({"app.py": ""}, "flask") is None


@pytest.mark.parametrize(
    "text", ["from flask_script import M", "import flask", "from flask.ext.script import M"]
)
def test_a_script_of_flasks_is_no_django(text: str) -> None:
    assert manager({"manage.py": text}) == ""
    assert manager({"manage.py": "from django.core.management import a", "x": text}) == "manage.py"
