"""A mirror of base images that asks for a login: who pulls through it, and who hears why not."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from tests.real import app
from tests.real.app import Application, Said
from tests.real.registries import buildah, buildx
from tests.testbed import registry
from tests.testbed.registry import Registry

BASE = "library/busybox:stable"
DOCKERFILE = f"""\
ARG BASE_REGISTRY
FROM ${{BASE_REGISTRY}}/{BASE} AS test
RUN echo MARK > /mark
CMD ["true"]
FROM ${{BASE_REGISTRY}}/{BASE}
COPY index.html /index.html
"""
BUILDS: Mapping[str, Mapping[str, str]] = {
    "main": {"BRANCH_NAME": "main"},
    "pull request": {"BRANCH_NAME": "PR-7", "CHANGE_ID": "7"},
}


def logged_in(folder: Path, *registries: tuple[str, str, str]) -> str:
    """A Docker configuration that knows these; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    auths = {
        host: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}
        for host, user, password in registries
    }
    (folder / "config.json").write_text(json.dumps({"auths": auths}))
    return str(folder)


def classic(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The engine's own builder: no plugins."""
    return {**testbed, "DOCKER_CONFIG": logged_in(folder)}


def with_buildx(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    env = buildx(testbed, folder)
    logged_in(folder)
    return env


def with_buildah(testbed: Mapping[str, str], folder: Path) -> dict[str, str]:
    return buildah(testbed, folder) | {
        "PIPELINEKIT_ENGINE": "buildah",
        "DOCKER_CONFIG": logged_in(folder / "docker"),
    }


ENGINES: Mapping[str, Callable[[Mapping[str, str], Path], dict[str, str]]] = {
    "docker": classic,
    "buildx": with_buildx,
    "buildah": with_buildah,
}


@pytest.fixture(scope="module")
def mirror(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that lets nobody in without a password, and has the base image."""
    folder = tmp_path_factory.mktemp("mirror")
    with registry.serve(folder / "registry", auth=True) as served:
        known = json.loads(Path(testbed["DOCKER_CONFIG"], "config.json").read_text())
        entry = known["auths"][testbed["PK_TESTBED_REGISTRY"]]["auth"]
        user, _, password = base64.b64decode(entry).decode().partition(":")
        both = logged_in(
            folder / "docker",
            (testbed["PK_TESTBED_REGISTRY"], user, password),
            (served.address, served.user, served.password),
        )
        source, target = f"{testbed['PK_TESTBED_REGISTRY']}/{BASE}", f"{served.address}/{BASE}"
        Application(folder, "", "", {**testbed, "DOCKER_CONFIG": both}).must(
            "registry", "copy", source, target
        )
        yield served


@pytest.fixture(params=ENGINES)
def agent(
    request: pytest.FixtureRequest, testbed: Mapping[str, str], mirror: Registry, tmp_path: Path
) -> Iterator[Application]:
    """An application on an agent that is logged in nowhere, as the pipeline's library calls the verbs."""
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {
            "registry": testbed["PK_TESTBED_REGISTRY"],
            "mirror": mirror.address,
            "mirrorCredentials": "mirror-reader",
        },
        "charts": {"repository": f"oci://{testbed['PK_TESTBED_REGISTRY']}/charts"},
        "jenkins": {
            "url": "https://jenkins.example.com",
            "agent": {"kubernetes": {"namespace": "agents", "image": "agent:1"}},
        },
        "clusters": [{"name": "one"}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
    }
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    engine = tmp_path / "engine"
    home = tmp_path / "home"
    home.mkdir()
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.write("Dockerfile", DOCKERFILE.replace("MARK", uuid4().hex))
        application.commit()
        yield application.with_env(
            **ENGINES[request.param](testbed, engine),
            HOME=str(home),
            PIPELINEKIT_PLATFORM=str(tmp_path / "platform.yaml"),
            PIPELINEKIT_MIRROR="",
            PK_CONTRACT="1",
            PK_ARGS="{}",
        )
    for each in (engine, tmp_path / "engine-run"):
        shutil.rmtree(each, ignore_errors=True)


def call(agent: Application, verb: str, build: str, **env: str) -> Said:
    return agent.verb(verb, "--args-env", "PK_ARGS", env={**BUILDS[build], **env})


def test_who_has_the_login_pulls_and_who_has_not_hears_it_in_a_sentence(
    agent: Application, mirror: Registry, tmp_path: Path
) -> None:
    login = {"PK_MIRROR_USER": mirror.user, "PK_MIRROR_PASSWORD": mirror.password}
    # What the agent itself is logged in to is not a pull request's.
    config = logged_in(tmp_path / "docker", (mirror.address, mirror.user, mirror.password))
    for more in ({}, {"DOCKER_CONFIG": config}):
        for verb in ("test", "build"):
            said = call(agent, verb, "pull request", **more)
            assert said.code == 6, said.err
            assert (
                f"the mirror {mirror.address} asks for a login, which only builds of main get" in said.reason
            )
            assert "pullRequests: true" in said.err
            assert len([line for line in said.err.splitlines() if mirror.address in line]) == 1
    for build in BUILDS:
        for verb in ("test", "build"):
            said = call(agent, verb, build, **login)
            assert said.code == 0, f"{build} {verb}: {said.err}"
            assert mirror.password not in said.out + said.err
    assert list(Path(agent.env["HOME"]).iterdir()) == []


def test_doctor_asks_the_mirror_with_the_login_for_it(agent: Application, mirror: Registry) -> None:
    login = {"PK_MIRROR_USER": mirror.user, "PK_MIRROR_PASSWORD": mirror.password}
    said = agent.verb("doctor", env=login)
    assert f"ok  mirror {mirror.address}: answers, and takes user {mirror.user}" in said.err
    said = agent.verb("doctor", env={**login, "PK_MIRROR_PASSWORD": "another"})
    assert f"failed  mirror {mirror.address}:" in said.err


def test_main_without_it_fails_with_the_registrys_word(agent: Application, mirror: Registry) -> None:
    said = call(agent, "build", "main")
    assert said.code == 5
    assert f"{mirror.address} refuses anonymous access" in said.err
