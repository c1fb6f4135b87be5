from __future__ import annotations

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.dockerfile import plan
from pipelinekit.model.app import LANGUAGES, Build, Language, Process
from pipelinekit.model.platform.packages import ECOSYSTEMS, OF_LANGUAGE, secret_of
from pipelinekit.model.platform.site import Site
from pipelinekit.reading.docker.dockerfile import secrets
from pipelinekit.render import render
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
        "main": "",
        "files": (),
        "system": {"build": [], "run": []},
        "copies": [["requirements.txt", "./"]],
        "listens": True,
        "dependencies": ("requirements.txt",),
        "extensions": [],
        "prune": True,
        "test": ("python", "-m", "tests"),
        "login": {},
        "args": ["A", "B"],
        "port": 8080,
        "command": [],
        "whole": False,
        "requirements": ["requirements.txt"],
        "test_requirements": [],
        "exported": [],
        "exported_for_tests": [],
        "commands": [],
        "project": False,
        "home": "",
        "inside": "",
        "own": {"nginx.conf": "nginx.conf", "platform.init.gradle": "platform.init.gradle"},
    }


def test_a_folder_of_a_larger_context_has_its_own_files_in_it() -> None:
    build = Build(language="static", folder="web/shop")
    plans = list(plan(examples.app(build=build), examples.site()))
    assert [each.path for each in plans] == ["Dockerfile", "Dockerfile.dockerignore", "nginx.conf"]
    assert plans[0].inputs["own"]["nginx.conf"] == "web/shop/nginx.conf"
    assert build.dockerfile == "web/shop/Dockerfile"


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


@pytest.mark.parametrize(
    ("language", "login"),
    [
        ("python", {"platform-pypi": "/root/.netrc"}),
        ("node", {"platform-npm": "/root/.npmrc"}),
        ("go", {}),
        ("java-maven", {"platform-maven": "/root/.m2/settings.xml"}),
        ("java-gradle", {"platform-maven": "/root/.m2/settings.xml"}),
        ("rust", {}),
    ],
)
def test_a_build_mounts_the_login_of_its_own_proxy_where_the_platform_has_one(
    language: Language, login: dict[str, str]
) -> None:
    site = examples.site(package_credentials={"pypi": "a", "npm": "b", "maven": "c"})
    plans = plan(examples.app(build=Build(language=language)), site)
    assert next(iter(plans)).inputs["login"] == login


MOUNT = "RUN --mount=type=secret,id=platform-"
GUARDED = examples.site(package_credentials=dict.fromkeys(ECOSYSTEMS, "reader"))


def dockerfile(build: Build, site: Site) -> str:
    return render(plan(examples.app(build=build), site), templates())["Dockerfile"].text


@pytest.mark.parametrize(
    ("build", "steps"),
    [
        (Build(language="python"), ["pip"]),
        (Build(language="python", dependencies=("setup.py", "requirements-dev.txt")), ["pip", "pip"]),
        (Build(language="node"), ["npm ci", "npm prune"]),
        (Build(language="node", dependencies=("package.json",)), ["npm install", "npm prune"]),
        (
            Build(language="node", dependencies=("yarn.lock",)),
            ["npm install --global --force yarn", "yarn install"],
        ),
        (
            Build(language="node", dependencies=("pnpm-lock.yaml",)),
            ["npm install --global --force pnpm", "pnpm prune"],
        ),
        (Build(language="go"), ["download"]),
        (Build(language="java-maven"), ["go-offline", "package"]),
        (Build(language="java-gradle"), ["dependencies", "assemble"]),
    ],
)
def test_the_steps_that_download_mount_it_and_no_others(build: Build, steps: list[str]) -> None:
    text = dockerfile(build, GUARDED)
    mounting = [line for line in text.splitlines() if line.startswith(MOUNT)]
    assert [word in line for word, line in zip(steps, mounting, strict=True)] == [True] * len(steps)
    assert secrets(text) == {secret_of(each) for each in OF_LANGUAGE[build.language]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_login_nothing_is_mounted(language: Language) -> None:
    tree = render(plan(examples.app(build=Build(language=language)), examples.site()), templates())
    assert not any("--mount" in file.text for file in tree.values())
