from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.cli.application.repository.services import named, services_in
from pipelinekit.plan.detect.services import services
from tests import lookalikes

SERVER = 'require("http").createServer().listen({})\n'
API = {"package.json": '{"scripts": {"start": "node server.js"}}', "server.js": SERVER.format(3000)}
FLASK = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
IMAGE = 'FROM node:24\nUSER 1000\nEXPOSE 3000\nCMD ["node", "server.js"]\n'


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


def paths(texts: dict[str, str], name: str = "") -> dict[str, str]:
    return {each.path: each.language for each in services_in(texts, name)}


@pytest.mark.parametrize("layout", [name for name in dir(lookalikes) if name.isupper()])
def test_one_application_is_one_candidate(layout: str) -> None:
    found = paths(getattr(lookalikes, layout))
    several = {"services/orders": "go", "services/shop": "python", "web": "node"}
    assert found == several if layout == "MONOREPO" else len(found) < 2


def test_what_a_compose_file_builds_counts_and_a_database_does_not() -> None:
    compose = (
        "services:\n  api:\n    build: ./backend\n    ports: ['8000:8000']\n"
        "  site:\n    build: {context: web}\n"
        "  proxy:\n    build: proxy\n    ports: ['80:8080']\n"
        "  db:\n    build: db\n  cache:\n    image: redis\n"
    )
    texts = {
        "compose.yaml": compose,
        **below("backend", {**FLASK, "Dockerfile": 'FROM python:3.13\nCMD ["python", "app.py"]\n'}),
        **below("web", {**API, "Dockerfile": IMAGE}),
        "proxy/Dockerfile": "FROM nginx:1.29\nCOPY nginx.conf /etc/nginx/\n",
        "proxy/nginx.conf": "",
        "db/Dockerfile": "FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n",
    }
    assert paths(texts) == {"backend": "python", "proxy": "dockerfile", "web": "node"}
    ports = {each.path: each.port for each in services_in(texts)}
    assert ports == {"backend": 8000, "proxy": 8080, "web": 3000}


def test_libraries_tests_tools_and_examples_are_none() -> None:
    library = {"package.json": '{"name": "ui", "main": "index.js"}', "index.js": ""}
    texts = {
        **below("services/api", API),
        **below("packages/ui", library),
        **below("tests/stub", API),
        **below("tools/lint", API),
        **below("examples/one", API),
        **below("e2e", API),
    }
    assert paths(texts) == {"services/api": "node"}


def test_a_front_end_below_a_server_is_part_of_it_unless_something_says_otherwise() -> None:
    server = {**lookalikes.GO}
    texts = {**server, **below("frontend", lookalikes.VITE)}
    assert list(paths(texts)) == ["."]
    texts |= {"frontend/Dockerfile": "FROM nginx:1.29\nCOPY . /usr/share/nginx/html\nUSER 101\n"}
    assert list(paths(texts)) == [".", "frontend"]


def test_a_top_that_only_starts_others_is_none() -> None:
    top = {
        "package.json": '{"scripts": {"start": "docker-compose up"}}',
        "compose.yaml": "services: {a: {build: a}}\n",
    }
    assert list(paths({**top, **below("a", API), **below("b", FLASK)})) == ["a", "b"]


def test_programs_of_one_project_are_built_from_its_top() -> None:
    main = 'package main\n\nfunc main() { http.ListenAndServe(":9000", nil) }\n'
    texts = {
        "go.mod": "module m\n\ngo 1.26\n",
        "cmd/api/main.go": main,
        "cmd/jobs/main.go": main.replace("9000", "9001"),
    }
    found = services_in(texts)
    assert [(each.path, each.base, each.folder, each.package, each.port) for each in found] == [
        ("cmd/api", ".", "cmd/api", "./cmd/api", 9000),
        ("cmd/jobs", ".", "cmd/jobs", "./cmd/jobs", 9001),
    ]
    assert list(paths(texts, "api")) == ["."], "the one of the application's name is it"


def test_programs_in_one_folder_get_a_folder_each() -> None:
    texts = {
        "Cargo.toml": '[package]\nname = "x"\n',
        "src/bin/one.rs": "fn main() {}\n",
        "src/bin/two.rs": "fn main() {}\n",
    }
    assert [each.path for each in services_in(texts)] == ["services/one", "services/two"]


@pytest.mark.parametrize(
    ("dockerfile", "base"),
    [
        ('FROM node:24\nCOPY apps/api ./\nCMD ["node", "server.js"]\n', "."),
        ('FROM node:24\nCOPY server.js ./\nCMD ["node", "server.js"]\n', "apps/api"),
    ],
)
def test_a_dockerfile_says_from_where_it_is_built(dockerfile: str, base: str) -> None:
    texts = {
        "package.json": '{"workspaces": ["apps/*"]}',
        **below("apps/api", {**API, "Dockerfile": dockerfile}),
        **below("apps/web", API),
    }
    found = {each.path: each.base for each in services_in(texts)}
    assert found == {"apps/api": base, "apps/web": "."}


def test_a_compose_file_may_build_below_its_context() -> None:
    texts = {
        "docker-compose.yml": (
            "services:\n  api:\n    build: {context: ., dockerfile: services/api/Dockerfile}\n"
            "  web:\n    build: {context: ., dockerfile: services/web/Dockerfile}\n"
        ),
        "services/api/Dockerfile": 'FROM python:3.13\nCOPY lib ./\nCMD ["python", "-m", "lib"]\n',
        "services/web/Dockerfile": IMAGE,
        "lib/__init__.py": "",
    }
    assert [(each.path, each.base, each.folder) for each in services_in(texts)] == [
        ("services/api", ".", "services/api"),
        ("services/web", ".", "services/web"),
    ]


def test_names_are_an_applications_and_each_ones_own() -> None:
    texts = {**below("a/Api_Server", API), **below("b/api-server", API), **below("c/Shop!", API)}
    found = services_in(texts)
    assert len({each.name for each in found}) == len(found) == 3
    assert named(found, "b/api-server") == found[1]
    assert named(found, "./b/api-server") == found[1]
    assert named(found, "nothing") is None


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Dockerfile",
                "a/Dockerfile",
                "compose.yaml",
                "a/package.json",
                "b/go.mod",
                "b/main.go",
                "package.json",
            ]
        ),
        st.text(max_size=80) | st.sampled_from([IMAGE, API["package.json"], "services: {a: {build: a}}"]),
    )
)
def test_any_repository_can_be_counted(texts: dict[str, str]) -> None:
    found = services_in(texts)
    assert len({each.path for each in found}) == len(found)
    assert services(texts, (), {}, None) is not None
