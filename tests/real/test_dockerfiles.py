"""Generated Dockerfiles: nothing for a linter to say, and arguments that the build sees as written."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from pipelinekit.generators import languages
from pipelinekit.model.app import LANGUAGES
from tests.documents import dump
from tests.golden import trees
from tests.hostile.values import ALL, FREE
from tests.real import app

HADOLINT = app.BIN / "hadolint"


def lint(text: str) -> list[str]:
    """What hadolint finds, notes on style included."""
    done = subprocess.run(
        [str(HADOLINT), "--no-color", "-"], input=text, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


GOLDEN = sorted(path for path in trees.HERE.glob("*/tree/Dockerfile"))


def test_every_language_has_a_dockerfile_to_lint() -> None:
    assert {path.parts[-3] for path in GOLDEN} >= set(LANGUAGES)
    assert {name for name, each in languages.DEFAULTS.items() if not each.run_here} == {
        "java-gradle", "dotnet", "ruby", "php",
    }  # fmt: skip


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parts[-3])
def test_the_linter_has_nothing_to_say(path: Path) -> None:
    assert lint(path.read_text()) == []


def test_the_linter_is_awake() -> None:
    assert any("DL3007" in line for line in lint("FROM debian:latest\n"))


# --- arguments ------------------------------------------------------------------------------------


@pytest.fixture
def engine(testbed: Mapping[str, str]) -> Any:
    client = docker.DockerClient(base_url=testbed["DOCKER_HOST"])
    yield client
    client.close()


def _file_of(engine: Any, image: str, path: str) -> bytes:
    """A file of an image, without running it."""
    container = engine.containers.create(image, ["true"])
    try:
        stream, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            found = archive.extractfile(archive.getmembers()[0])
            assert found
            return found.read()
    finally:
        container.remove()


PROGRAM = (
    "import json, os; seen = {k: v for k, v in os.environ.items() if k.startswith('HOSTILE_')}; "
    "json.dump(seen, open('/app/seen.json', 'w'))"
)
SEE = f"RUN {json.dumps(['python', '-c', PROGRAM])}\n"


def test_hostile_build_arguments_are_seen_by_the_build_as_they_are(
    testbed: Mapping[str, str], tmp_path: Path, engine: Any
) -> None:
    values = {f"HOSTILE_{number}": text for number, text in enumerate(FREE)}
    assert len(values) > 50
    with app.new(testbed, tmp_path / "apps", "python") as application:
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Application",
            "metadata": {"name": application.name, "team": application.team},
            "build": {"language": "python", "args": values},
            "run": {"port": 8080},
        }
        application.write("app.yaml", dump(document, flow=True))
        application.must("generate")
        application.replace(
            "Dockerfile",
            "WORKDIR /app\n",
            f"WORKDIR /app\n{SEE}",
        )
        application.commit()
        said = application.must("build", "--json").json()
        image = said["receipt"]["image_id"]
        seen = json.loads(_file_of(engine, image, "/app/seen.json"))
        assert seen == values


def test_a_hostile_test_command_is_the_commands_words(
    testbed: Mapping[str, str], tmp_path: Path, engine: Any
) -> None:
    words = ["python", "-m", "tests", *(text for text in FREE if text)]
    with app.new(testbed, tmp_path / "apps", "python") as application:
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Application",
            "metadata": {"name": application.name, "team": application.team},
            "build": {"language": "python", "test": words},
            "run": {"port": 8080},
        }
        application.write("app.yaml", dump(document, flow=True))
        application.must("generate")
        tag = f"hostile-{uuid4().hex[:8]}"
        registry = {"BASE_REGISTRY": testbed["PK_TESTBED_REGISTRY"]}
        engine.images.build(path=str(application.folder), target="test", tag=tag, buildargs=registry, rm=True)
        try:
            assert engine.images.get(tag).attrs["Config"]["Cmd"] == words
        finally:
            engine.images.remove(tag, force=True)


def test_hostile_texts_are_many() -> None:
    assert set(FREE) < set(ALL.values())
