from __future__ import annotations

import pytest

from pipelinekit.generators.dockerfile import plan
from pipelinekit.model.app import Build, Language, Process
from tests import examples


@pytest.mark.parametrize(
    ("language", "paths"),
    [
        ("python", ["Dockerfile", ".dockerignore"]),
        ("go", ["Dockerfile", ".dockerignore"]),
        ("static", ["Dockerfile", ".dockerignore", "nginx.conf"]),
        ("node", ["Dockerfile", ".dockerignore"]),
        ("java-maven", ["Dockerfile", ".dockerignore"]),
        ("rust", ["Dockerfile", ".dockerignore"]),
        ("dockerfile", []),
    ],
)
def test_files_by_language(language: Language, paths: list[str]) -> None:
    plans = list(plan(examples.app(build=Build(language=language)), examples.site()))
    assert [each.path for each in plans] == paths
    assert all(each.template.startswith(f"dockerfile/{language}/") for each in plans)


def test_what_the_descriptor_says_and_the_languages_defaults_for_the_rest() -> None:
    build = Build(language="python", version="3.12", args={"B": "secret", "A": "other"})
    inputs = next(iter(plan(examples.app(build=build), examples.site()))).inputs
    assert inputs == {
        "base": "library/python:3.12-slim",
        "runtime": "",
        "package": "orders",
        "dependencies": ("requirements.txt",),
        "test": ("python", "-m", "tests"),
        "args": ["A", "B"],
        "port": 8080,
        "requirements": ["requirements.txt"],
        "test_requirements": [],
        "project": False,
    }


@pytest.mark.parametrize(
    ("processes", "port"),
    [
        ({"web": Process(name="web", port=9000)}, 9000),
        ({"web": Process(name="web")}, 8080),
        ({"worker": Process(name="worker", port=9000)}, 8080),
    ],
)
def test_the_port_is_that_of_web(processes: dict[str, Process], port: int) -> None:
    plans = plan(examples.app(processes=processes), examples.site())
    assert next(iter(plans)).inputs["port"] == port
