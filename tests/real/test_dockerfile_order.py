"""What a Dockerfile says first for the engine's own builder: the same image, and its steps are cached."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from pipelinekit.adapters.build import buildx
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import BuildPlan, ImageRef
from pipelinekit.reading.docker.order import early

TAILS = {
    "all of them": (
        'COPY f /f\nRUN echo ok >/g\nUSER 1:1\nEXPOSE 80 90/udp\nSTOPSIGNAL SIGINT\nCMD ["a","$B"]\n'
    ),
    "a command before its entry point": 'COPY f /f\nCMD ["a"]\nENTRYPOINT ["b"]\nRUN id\nEXPOSE 80\n',
    "two commands": 'COPY f /f\nCMD ["a"]\nRUN echo $0 >/g\nENTRYPOINT ["b"]\nCMD ["c"]\n',
    "an entry point over a base's command": 'COPY f /f\nENTRYPOINT ["b"]\nEXPOSE 80\n',
    "no end of the last line": 'COPY f /f\nEXPOSE 80\nCMD ["a"]',
    "a command for a shell": 'COPY f /f\nCMD echo hi\nEXPOSE 80\nENTRYPOINT ["b"]\n',
    "a shell, checks, volumes and triggers": (
        'SHELL ["/bin/sh","-ec"]\nCOPY f /f\nHEALTHCHECK CMD true\nVOLUME /v\nRUN echo >/q\n'
        'ONBUILD CMD ["t"]\nEXPOSE 80\nCMD ["a"]\n'
    ),
}
CONFIGURED = {
    "Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "OnBuild", "Shell", "StopSignal", "User",
    "Volumes", "WorkingDir",
}  # fmt: skip


@pytest.fixture
def client(testbed: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(buildx, "available", lambda: False)
    for name, value in testbed.items():
        monkeypatch.setenv(name, value)
    found = docker.DockerClient(base_url=testbed["DOCKER_HOST"])
    yield found
    found.close()


class Builds:
    """Builds of one folder by the engine's own builder."""

    def __init__(self, client: Any, folder: Path, registry: str) -> None:
        self.client = client
        self.folder = folder
        self.base = f"FROM {registry}/library/busybox:stable AS base\n"
        self.said: list[str] = []
        self.name = f"order-{uuid4().hex[:8]}"
        self.made: list[str] = []

    def build(self, text: str, content: str, target: str = "", **labels: str) -> Any:
        (self.folder / "Dockerfile").write_text(text)
        (self.folder / "f").write_text(content)
        ref = ImageRef(os.environ["PK_TESTBED_REGISTRY"], self.name, "1")
        plan = BuildPlan(ref=ref, target=target, labels=labels)
        self.said.clear()
        return self.kept(DockerEngine(lambda _: None).build(plan, self.folder, self.said.append))

    def kept(self, image: str) -> Any:
        """An image of the engine, to be removed in the end: another one takes its name away from it."""
        self.made.append(image)
        return self.client.images.get(image)

    def cached(self) -> list[str]:
        """The instructions that were not built anew."""
        steps = [line.partition(" : ")[2].split()[0] for line in self.said if line.startswith("Step ")]
        runs = "\n".join(self.said).split("\nStep ")
        return [step for step, run in zip(steps, runs, strict=True) if "Using cache" in run]


@pytest.fixture
def builds(client: Any, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Builds]:
    made = Builds(client, tmp_path, testbed["PK_TESTBED_REGISTRY"])
    yield made
    for image in {*made.made} & {each.id for each in client.images.list(all=True)}:
        client.images.remove(image, force=True)


@pytest.mark.parametrize("tail", TAILS.values(), ids=list(TAILS))
def test_the_image_is_the_one_that_the_file_describes(builds: Builds, tail: str) -> None:
    text = builds.base + 'CMD ["base"]\nFROM base\n' + tail
    assert early(text) != text
    (builds.folder / "Dockerfile").write_text(text)
    (builds.folder / "f").write_text("1")
    image = builds.kept(builds.client.images.build(path=str(builds.folder), rm=True)[0].id)
    ours = builds.build(text, "1")
    configs = [{key: each.attrs["Config"].get(key) for key in CONFIGURED} for each in (image, ours)]
    assert configs[0] == configs[1]
    assert len(image.attrs["RootFS"]["Layers"]) == len(ours.attrs["RootFS"]["Layers"])


def test_how_it_is_run_is_cached_when_a_file_has_changed(builds: Builds) -> None:
    text = builds.base + 'COPY f /f\nEXPOSE 80\nCMD ["a"]\n'
    builds.build(text, "1")
    builds.build(text, "2")
    assert builds.cached() == ["EXPOSE", "CMD"]


def test_a_stage_before_the_last_has_the_labels_where_it_is_built(builds: Builds) -> None:
    text = builds.base + "COPY f /f\nFROM base AS tools\nRUN id\n"
    assert builds.build(text, "1", target="base", one="two").labels == {"one": "two"}


def test_a_mistake_is_told_by_the_line_where_it_stands(builds: Builds) -> None:
    with pytest.raises(ToolFailed, match="line 4: COPY requires at least two arguments"):
        builds.build(builds.base + 'EXPOSE 80\nCMD ["a"]\nCOPY f\n', "1")
    with pytest.raises(ToolFailed, match="line 2: COPY requires at least two arguments"):
        builds.build(builds.base + 'COPY f\nEXPOSE 80\nCMD ["a"]\n', "1")


def test_a_mistake_behind_a_stage_with_labels_is_told_by_its_line_too(builds: Builds) -> None:
    with pytest.raises(ToolFailed, match="line 4: COPY requires at least two arguments"):
        builds.build(builds.base + "COPY f /f\nFROM base\nCOPY f\n", "1", target="base", one="two")


def test_labels_are_not_swallowed_by_a_line_that_does_not_end(builds: Builds) -> None:
    text = builds.base + "RUN echo a \\\n# The last of them.\n"
    assert builds.build(text, "1", one="two").labels == {"one": "two"}
