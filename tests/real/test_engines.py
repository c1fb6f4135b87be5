"""Which engine is taken, and which is none for a stranger's Dockerfile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.adapters.build import buildx
from pipelinekit.adapters.build.buildah import BuildahEngine
from pipelinekit.adapters.build.context import LAST
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.build.engines import choose
from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.release import BuildPlan, ImageRef
from tests.real import app
from tests.real.registries import buildah, platform

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


@pytest.mark.parametrize("keeps", [True, False])
def test_only_what_may_be_kept_goes_to_the_cache(tmp_path: Path, *, keeps: bool) -> None:
    plan = BuildPlan(ref=ImageRef("r:5000", "a/b", "1"), cache="r:5000/layers/b", keeps=keeps)
    engine = BuildahEngine(OciRegistry(lambda _: None), lambda _: None, {})
    for words in (
        engine.argv(plan, tmp_path),
        buildx.argv(plan, tmp_path / "id", apart=True),
        buildx.argv(plan, tmp_path / "id", apart=False),
    ):
        assert "--cache-from" in words
        assert ("--cache-to" in words) == keeps


def test_a_pull_request_leaves_the_cache_as_it_is(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """With the engine's own builder, which pushes its stages one by one."""
    known = json.loads(Path(testbed["DOCKER_CONFIG"], "config.json").read_text())
    config = tmp_path / "docker"
    config.mkdir()
    (config / "config.json").write_text(json.dumps({"auths": known["auths"]}))
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        registry = testbed["PK_TESTBED_REGISTRY"]
        document = platform(tmp_path, registry, testbed, cache="layers/{team}/{name}")
        application.write("Dockerfile", f"FROM scratch\nCOPY index.html /{uuid4().hex}\nUSER 65532:65532\n")
        application.commit()
        agent = application.with_env(
            PIPELINEKIT_PLATFORM=document, PIPELINEKIT_ENGINE="docker", DOCKER_CONFIG=str(config)
        )
        client = OciRegistry(lambda host: from_docker_config(host, config / "config.json"))
        cached = ImageRef(registry, f"layers/{application.team}/orders", LAST)
        agent.must("build", env={"BRANCH_NAME": "PR-7", "CHANGE_ID": "7"})
        assert client.digest_of(cached) is None
        application.write("index.html", "changed\n")
        application.commit()
        agent.must("build", env={"BRANCH_NAME": "main"})
        assert client.digest_of(cached) is not None


@pytest.mark.parametrize("written", ["rules", "a link"])
def test_a_file_of_the_context_tells_buildah_nothing_and_nothing_is_written_through_it(
    tmp_path: Path, written: str
) -> None:
    context, outside = tmp_path / "app", tmp_path / "outside"
    context.mkdir()
    (context / "kept").write_text("a")
    (context / "Dockerfile").write_text("FROM scratch\nCOPY kept /kept\n")
    theirs = context / ".pipelinekit-ignore"
    theirs.write_text("kept\n") if written == "rules" else theirs.symlink_to(outside)
    root = str(tmp_path / "images")
    engine = BuildahEngine(OciRegistry(lambda _: None), lambda _: None, {"PIPELINEKIT_BUILDAH_ROOT": root})
    assert engine.build(BuildPlan(ref=ImageRef("r:5000", "a/b", "1")), context, print)
    assert not outside.exists()


ASKED: dict[str, Callable[[BuildahEngine, Path], object]] = {
    "version": lambda engine, _: engine.version(),
    "run_tests": lambda engine, folder: engine.run_tests("sha256:0", folder, print),
    "ends_well": lambda engine, _: engine.ends_well(ImageRef("r:5000", "a/b", "1"), ["true"]),
    "push": lambda engine, _: engine.push("sha256:0", ImageRef("r:5000", "a/b", "1"), None, print),
}


@pytest.mark.parametrize("asked", ASKED)
def test_whatever_a_failing_buildah_is_asked_there_is_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    program = tmp_path / "buildah"
    program.write_text("#!/bin/sh\necho 'Error: mounting overlay: no space left on device' >&2\nexit 125\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    engine = BuildahEngine(OciRegistry(lambda _: None), lambda _: None, {})
    with pytest.raises(ToolFailed, match="no space left on device") as failed:
        ASKED[asked](engine, tmp_path)
    assert failed.value.faults[0].hint
