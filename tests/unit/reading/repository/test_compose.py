"""Compose files."""

from __future__ import annotations

import pytest

from pipelinekit.reading.repository.compose import LONGEST, builds, read

TEXT = """services:
  db: {image: "postgres:16", ports: ["5432:5432"], environment: {POSTGRES_PASSWORD: a}}
  jobs:
    build: {context: ./, dockerfile: docker/Dockerfile}
    command: [celery, -A, "a b"]
  web:
    build: {context: ., dockerfile: docker/Dockerfile}
    ports: ["127.0.0.1:80:8000", {target: 9000}]
    expose: [9100]
    environment: [SECRET=hunter2, LOG_LEVEL]
    healthcheck: {test: [CMD, curl, "-f", "http://localhost:8000/up"]}
    volumes: [data:/var/data, "./conf:/etc/x", "modules:/app/node_modules", {source: b, target: /b}]
  front: {build: ./front, ports: ["3000:3000"]}
"""


def words(text: str, file: str = "docker-compose.yml") -> list[tuple[str, str, str, bool]]:
    return [(each.what, each.name, each.value, each.weak) for each in read({file: text})]


def test_the_services_that_are_built_here_the_one_with_a_port_first() -> None:
    assert words(TEXT) == [
        ("dockerfile", "", "docker/Dockerfile", False),
        ("port", "", "8000", False),
        ("port", "", "9000", False),
        ("port", "", "9100", False),
        ("health", "", "/up", False),
        ("variable", "", "SECRET", False),
        ("variable", "", "LOG_LEVEL", False),
        ("volume", "", "/var/data", False),
        ("volume", "", "/b", False),
        ("command", "jobs", "celery -A 'a b'", False),
    ]
    assert not [each for each in read({"compose.yml": TEXT}) if "hunter2" in repr(each)]


def test_a_value_knows_its_line() -> None:
    port = next(each for each in read({"compose.yml": TEXT}) if each.what == "port")
    assert port.place == "compose.yml:8"


@pytest.mark.parametrize("volume", [".:/app", "./src:/app/src", "./:/app"])
def test_a_mounted_source_is_a_workplace(volume: str) -> None:
    text = f"services: {{a: {{build: ., command: x, volumes: ['{volume}']}}}}"
    assert words(text) == [("command", "web", "x", True)]


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("8000", ["8000"]),
        ("80:8000/tcp", ["8000"]),
        ("${P:-1}:8000", ["8000"]),
        ("53:53/udp", []),
        ("a:$B", []),
        ("1-2:3-4", []),
    ],
)
def test_the_containers_side_of_a_port(port: str, said: list[str]) -> None:
    assert [each[2] for each in words(f"services: {{a: {{build: ., ports: ['{port}']}}}}")] == said


def test_services_of_images_and_of_other_folders_say_nothing_of_ours() -> None:
    assert words("services: {a: {image: x, ports: ['1:1']}, b: {build: ../b, ports: ['2:2']}}") == []


@pytest.mark.parametrize("args", ["{A: 1, B: hunter2}", "[A=1, B]"])
def test_a_stage_and_the_names_of_arguments(args: str) -> None:
    said = words(f"services: {{a: {{build: {{context: ., target: api, args: {args}}}}}}}")
    assert said == [
        ("target", "", "api", False),
        ("note", "", "gives the build A B: build.args, where it needs them", False),
    ]


def test_a_file_of_variables_is_told_and_not_read() -> None:
    said = list(read({"compose.yml": "services: {a: {build: ., env_file: .env}}", ".env": "A=hunter2"}))
    assert [each.what for each in said] == ["note"]
    assert "hunter2" not in repr(said)


EXTENDED = """services:
  api: {build: ., ports: ["3005"], environment: {A: b}}
  worker: {extends: {service: api}, ports: [], command: node worker.js}
  circle: {extends: circle2}
  circle2: {extends: {service: circle}}
  lost: {extends: {service: nobody}}
  other: {extends: {file: more.yaml, service: api}}
  odd: {extends: [api]}
  none:
"""


def test_a_service_has_what_the_one_says_that_it_extends() -> None:
    said = words(EXTENDED)
    assert ("command", "worker", "node worker.js", False) in said
    assert ("port", "", "3005", False) in said
    assert not [each for each in said if "also" in each[2] or "lost" in each[2]]
    assert [each.name for each in builds({"compose.yaml": EXTENDED})] == ["api", "worker"]


def test_a_chain_of_services_that_extend_each_other_is_followed_so_far_and_no_further() -> None:
    chain = "".join(f"  s{each}: {{extends: s{each + 1}}}\n" for each in range(100))
    found = builds({"compose.yaml": f"services:\n{chain}  s100: {{build: .}}\n"})
    assert [each.name for each in found] == [f"s{each}" for each in range(100 - LONGEST, 101)]
