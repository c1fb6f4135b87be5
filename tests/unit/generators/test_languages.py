from __future__ import annotations

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.languages import DEFAULTS, MAVEN_TEST, files_of, resolved
from pipelinekit.model.app import LANGUAGES, Build
from tests import examples


def test_every_language_has_its_defaults_and_its_templates() -> None:
    assert set(DEFAULTS) == set(LANGUAGES)
    for language, defaults in DEFAULTS.items():
        for name in defaults.files:
            assert f"dockerfile/{language}/{name}" in templates()


def test_every_template_of_a_language_is_one_of_its_files() -> None:
    there = {name for name in templates() if name.startswith("dockerfile/") and name.count("/") > 1}
    used = {f"dockerfile/{language}/{name}" for language, each in DEFAULTS.items() for name in each.files}
    assert there == used


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (
            Build(language="python"),
            Build(
                language="python",
                version="3.11",
                base="library/python:3.11-slim",
                package="order_api",
                dependencies=("requirements.txt",),
                test=("python", "-m", "tests"),
            ),
        ),
        (
            Build(language="static"),
            Build(
                language="static",
                version="stable",
                base="nginxinc/nginx-unprivileged:stable",
                package="public",
                dependencies=(),
                test=("sh", "tests/check.sh"),
            ),
        ),
        (Build(language="dockerfile"), Build(language="dockerfile", dependencies=())),
        (
            Build(language="java-maven", version="21", runtime="library/jre@sha256:0", dependencies=()),
            Build(
                language="java-maven",
                version="21",
                base="library/maven:3-eclipse-temurin-21",
                runtime="library/jre@sha256:0",
                package=".",
                dependencies=(),
                test=MAVEN_TEST,
            ),
        ),
        (
            Build(language="go", version="1.27", package="./cmd", dependencies=("go.mod",), test=("true",)),
            Build(
                language="go",
                version="1.27",
                base="library/golang:1.27",
                package="./cmd",
                dependencies=("go.mod",),
                test=("true",),
            ),
        ),
    ],
)
def test_defaults_fill_what_the_descriptor_leaves_open(build: Build, expected: Build) -> None:
    assert resolved(examples.app(name="order-api", build=build)) == expected


def computed(build: Build) -> dict[str, object]:
    whole = resolved(examples.app(name="orders", build=build))
    return DEFAULTS[build.language].computed(whole)


@pytest.mark.parametrize(
    ("dependencies", "expected"),
    [
        (
            ("requirements.txt",),
            {"requirements": ["requirements.txt"], "test_requirements": [], "project": False},
        ),
        (
            ("requirements.txt", "requirements-dev.txt"),
            {
                "requirements": ["requirements.txt"],
                "test_requirements": ["requirements-dev.txt"],
                "project": False,
            },
        ),
        (("pyproject.toml",), {"requirements": [], "test_requirements": [], "project": True}),
    ],
)
def test_pythons_dependencies_decide_what_is_installed(
    dependencies: tuple[str, ...], expected: dict[str, object]
) -> None:
    found = computed(Build(language="python", dependencies=dependencies))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("dependencies", "installer"),
    [
        (None, "npm"),
        (("package.json",), "npm"),
        (("package.json", "bun.lock"), "bun"),
        (("package.json", "yarn.lock"), "yarn"),
        (("package.json", "pnpm-lock.yaml"), "pnpm"),
    ],
)
def test_nodes_lock_file_decides_who_installs(dependencies: tuple[str, ...] | None, installer: str) -> None:
    assert computed(Build(language="node", dependencies=dependencies))["installer"] == installer


@pytest.mark.parametrize(
    ("package", "site"), [("server.js", ""), ("src/main.mjs", ""), ("dist", "dist"), ("./a/", "./a")]
)
def test_a_node_package_is_a_program_or_the_folder_of_a_built_site(package: str, site: str) -> None:
    build = Build(language="node", package=package)
    assert computed(build)["site"] == site
    serves = "nginx.conf.j2" in files_of(resolved(examples.app(build=build)))
    assert serves is bool(site)


def test_a_maven_module_is_built_with_what_it_needs() -> None:
    assert computed(Build(language="java-maven", package="services/orders")) == {
        "module_options": ["-pl", "services/orders", "-am"],
        "target": "services/orders/target",
    }
    assert computed(Build(language="java-maven"))["module_options"] == []


def test_a_gradle_project_builds_below_its_folder() -> None:
    assert computed(Build(language="java-gradle"))["target"] == "build/libs"
    assert computed(Build(language="java-gradle", package="app"))["target"] == "app/build/libs"
