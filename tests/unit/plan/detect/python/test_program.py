from __future__ import annotations

import pytest

from pipelinekit.plan.detect.python.program import program
from pipelinekit.plan.detect.python.project import Project
from pipelinekit.plan.detect.signs import Detected

FASTAPI = "app = FastAPI()\n"


def started(texts: dict[str, str], names: str = "", *, installed: bool = False) -> Detected:
    return program(texts, Project(files=(), names=names, installed=installed), Detected(language="python"))


@pytest.mark.parametrize(
    ("texts", "names", "command"),
    [
        ({"main.py": FASTAPI}, "hypercorn", ("hypercorn", "--bind=0.0.0.0:8000", "main:app")),
        ({"main.py": "def create_app():\n    return FastAPI()\n"}, "uvicorn",
         ("uvicorn", "--host=0.0.0.0", "--port=8000", "--factory", "main:create_app")),
        ({"app.py": "web = Flask(__name__)\n"}, "waitress",
         ("waitress-serve", "--listen=0.0.0.0:8000", "app:web")),
        ({"manage.py": "", "a/asgi.py": ""}, "daphne",
         ("daphne", "--bind=0.0.0.0", "--port=8000", "a.asgi:application")),
        ({"web.py": "import streamlit as st\n"}, "streamlit",
         ("streamlit", "run", "web.py", "--server.address=0.0.0.0", "--server.port=8501",
          "--server.headless=true")),
    ],
)  # fmt: skip
def test_servers(texts: dict[str, str], names: str, command: tuple[str, ...]) -> None:
    assert started(texts, names).command == command


def test_what_stands_in_src_is_found_there() -> None:
    texts = {"src/web/main.py": FASTAPI}
    assert started(texts, "uvicorn").command[-2:] == ("--app-dir=src", "web.main:app")
    assert started(texts, "uvicorn", installed=True).command[-1] == "web.main:app"
    assert "--app-dir=src" not in started(texts, "uvicorn", installed=True).command


def test_a_folder_that_is_no_package_is_where_its_modules_are() -> None:
    texts = {"backend/main.py": f"from models import X\n{FASTAPI}", "backend/models.py": ""}
    assert started(texts, "uvicorn").command[-2:] == ("--app-dir=backend", "main:app")
    texts = {"backend/main.py": f"from backend.models import X\n{FASTAPI}", "backend/models.py": ""}
    assert started(texts, "uvicorn").command[-1] == "backend.main:app"


@pytest.mark.parametrize("path", ["tests/app.py", "examples/app.py", "test_app.py"])
def test_tests_and_examples_are_no_program(path: str) -> None:
    assert started({path: FASTAPI}, "uvicorn").command == ()


@pytest.mark.parametrize(
    ("source", "port"),
    [
        ('HTTPServer(("", 9000), X)', 9000),
        ('app.run(port=int(os.environ.get("PORT", 5001)))', 5001),
        ("app.run(host='0.0.0.0', port=5002)", 5002),
        ("server.listen(5003)", 5003),
        ('grpc.server(x); s.add_insecure_port("[::]:50051")', 50051),
    ],
)
def test_the_port_of_a_script_that_serves(source: str, port: int) -> None:
    assert started({"main.py": source}).port == port


def test_a_clients_port_is_not_the_servers() -> None:
    found = started({"main.py": 'connect(host="db", port=5432)\n'})
    assert (found.port, found.server, bool(found.doubts)) == (None, False, True)


def test_a_server_without_a_port_is_asked_for_it() -> None:
    found = started({"main.py": "serve_forever()\n"})
    assert (found.port, found.server, found.asks_port) == (None, True, True)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("HTTPServer(('localhost', 8001), H).serve_forever()", True),
        ("web.run_app(app, host='127.0.0.1', port=8001)", True),
        ("redis.Redis(host='localhost')\nweb.run_app(app, port=8001)", False),
        ("web.run_app(app, host='0.0.0.0', port=8001)", False),
    ],
)
def test_what_nobody_reaches_is_told(source: str, told: bool) -> None:
    found = started({"main.py": source})
    assert (found.port, any("localhost" in each for each in found.doubts)) == (8001, told)
