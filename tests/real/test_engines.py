"""Which engine is taken, and which is none for a stranger's Dockerfile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.build.buildah import BuildahEngine
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.build.engines import choose
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Refused
from tests.real import app
from tests.real.registries import buildah

BARE_ROOT = Path("/proc/self/uid_map").read_text().split() == ["0", "0", "4294967295"] and os.geteuid() == 0


def chosen(environment: Mapping[str, str], *, stranger: bool) -> object:
    return choose(environment, OciRegistry(lambda _: None), lambda _: None, stranger=stranger)


def test_buildah_as_root_is_no_wall_against_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"PIPELINEKIT_ENGINE": "buildah"}
    assert isinstance(chosen(named, stranger=False), BuildahEngine)
    if BARE_ROOT:
        with pytest.raises(Refused, match="no wall against a pull request"):
            chosen(named, stranger=True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert isinstance(chosen(named, stranger=True), BuildahEngine)


def test_dockers_engine_is_one() -> None:
    assert isinstance(chosen({"PIPELINEKIT_ENGINE": "docker"}, stranger=True), DockerEngine)


def test_a_pull_request_on_such_an_agent_is_refused_and_main_is_not(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.write("Dockerfile", "FROM scratch\nCOPY index.html /index.html\nUSER 65532:65532\n")
        application.commit()
        agent = application.with_env(
            **buildah(testbed, tmp_path / "images") | {"PIPELINEKIT_ENGINE": "buildah"}
        )
        said = agent.verb("build", env={"BRANCH_NAME": "PR-7", "CHANGE_ID": "7"})
        # Where we are not the machine's root, buildah makes a user namespace, and that is a wall.
        assert said.code == (6 if BARE_ROOT else 0)
        assert ("buildah as root of this machine" in said.err) == BARE_ROOT
        agent.must("build", env={"BRANCH_NAME": "main"})
