"""Whether the cluster runs its pods in the engine that builds: no push then, and one everywhere else.

The testbed's node runs containerd beside the engine: that it pushes there is real. It has no node whose
runtime is Docker's; of such a one the API server's part is a double here, and the engine's part is real.
A kubelet drives Docker's engine by cri-dockerd alone, which neither Debian nor Go's module proxy has. Led to
the engine's own containerd it would have none of its images, which lie in a store of the engine's: a node
like that pulls what it runs, and is pushed for.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.cluster.pods.sharing import ClusterEngine
from tests.real.developer import developer


@pytest.fixture
def engine(testbed: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> DockerEngine:
    monkeypatch.setenv("DOCKER_HOST", testbed["DOCKER_HOST"])
    return DockerEngine(lambda _: None)


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], env=dict(os.environ), capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.fixture
def container(testbed: Mapping[str, str], engine: DockerEngine) -> Iterator[str]:
    """The id of a container that runs in the engine."""
    engine.version()
    image = f"{testbed['PK_TESTBED_REGISTRY']}/library/python:3.11-slim"
    found = docker("run", "--detach", "--network", "none", image, "sleep", "600").splitlines()[-1]
    yield found
    docker("rm", "--force", found)


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The API server's double: `nodes.json` and `pods.json` in a folder are its answers."""
    program = tmp_path / "kubectl"
    answers = f"*/nodes*) cat {tmp_path}/nodes.json ;; *) cat {tmp_path}/pods.json ;;"
    program.write_text(f'#!/bin/sh\ncase "$3" in {answers} esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def answer(folder: Path, runtime: str, *ids: str) -> None:
    node: dict[str, Any] = {"metadata": {"name": "one"}, "status": {}}
    node["status"]["nodeInfo"] = {"containerRuntimeVersion": runtime}
    # As a node tells of its images, by whatever runtime: it may have pulled the same ones.
    node["status"]["images"] = [{"names": docker("images", "--format", "{{.Repository}}:{{.Tag}}").split()}]
    (folder / "nodes.json").write_text(json.dumps({"items": [node]}))
    pods = [{"status": {"containerStatuses": [{"containerID": each} for each in ids]}}]
    (folder / "pods.json").write_text(json.dumps({"items": pods}))


def test_a_node_with_a_runtime_of_its_own_is_pushed_for(
    testbed: Mapping[str, str], engine: DockerEngine, tmp_path: Path
) -> None:
    env = {"KUBECONFIG": testbed["KUBECONFIG"]}
    assert not ClusterEngine(engine, env, testbed["PK_TESTBED_CONTEXT"]).runs_pods()
    with developer(testbed, tmp_path) as dev:
        first = dev.up()
        assert (first["built"], first["pushed"]) == (True, True)


def test_pods_that_run_in_the_engine_are_found_there(
    engine: DockerEngine, container: str, kubectl: Path
) -> None:
    asked = ClusterEngine(engine, {}, "any")
    answer(kubectl, "docker://27.3.1", f"docker://{'0' * 64}", f"docker://{container}")
    assert asked.runs_pods()
    answer(kubectl, "containerd://1.6.20", f"docker://{container}")
    assert not asked.runs_pods()
    answer(kubectl, "docker://27.3.1", f"docker://{container[:12]}")
    assert not asked.runs_pods()
    docker("stop", "--time", "0", container)
    answer(kubectl, "docker://27.3.1", f"docker://{container}")
    assert not asked.runs_pods(), "what has ended is no pod's"


def test_another_engine_beside_this_one_is_pushed_for(engine: DockerEngine, kubectl: Path) -> None:
    """Docker in Docker: the runtime's name and the images are the same, the containers are not."""
    answer(kubectl, "docker://27.3.1", f"docker://{'0' * 64}")
    assert not ClusterEngine(engine, {}, "any").runs_pods()


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"items": 7}', '{"items": [7]}', "[" * 100_000])
def test_what_cannot_be_asked_is_pushed_for(engine: DockerEngine, kubectl: Path, text: str) -> None:
    (kubectl / "nodes.json").write_text(text)
    assert not ClusterEngine(engine, {}, "any").runs_pods()
