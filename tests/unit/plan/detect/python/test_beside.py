from __future__ import annotations

import pytest

from pipelinekit.plan.detect.python.program import program
from pipelinekit.plan.detect.python.project import Project
from pipelinekit.plan.detect.signs import JOBS, Detected

DJANGO = {"manage.py": "", "a/wsgi.py": ""}


def doubts(texts: dict[str, str], names: str = "") -> tuple[str, ...]:
    said = Project(files=(), names=names, installed=False)
    return program(texts, said, Detected(language="python")).doubts


@pytest.mark.parametrize("name", ["celery[redis]>=5", "rq==1", "Dramatiq"])
def test_a_queue_beside_a_server_wants_a_process(name: str) -> None:
    (doubt,) = doubts(DJANGO, f"django\ngunicorn\n{name}\n")
    assert doubt.endswith(JOBS)


def test_a_worker_is_that_process() -> None:
    assert doubts({"a.py": "app = Celery()\n"}, "celery") == ()


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({**DJANGO, "shop/migrations/0001_initial.py": ""}, "shop/migrations: if"),
        ({**DJANGO, "shop/migrations/__init__.py": ""}, ""),
        ({"main.py": "app = FastAPI()\n", "alembic.ini": ""}, "[alembic, upgrade, head]}"),
        ({"main.py": "app = FastAPI()\n", "db/migrations/0001_initial.py": ""}, ""),
    ],
)
def test_tables_that_nothing_makes_are_told(texts: dict[str, str], told: str) -> None:
    assert [told in each for each in doubts(texts, "gunicorn uvicorn")] == ([True] if told else [])
