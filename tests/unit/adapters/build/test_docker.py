from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import urllib3
from docker.errors import APIError, DockerException, ImageNotFound

from pipelinekit.adapters.build import buildx
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import BuildPlan, ImageRef


def answer(status: int) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    return made


def test_an_engine_that_lists_no_containers_has_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(**_: Any) -> list[Any]:
        raise APIError("403 Client Error: Forbidden")

    client = SimpleNamespace(api=SimpleNamespace(containers=forbidden))
    monkeypatch.setattr(DockerEngine, "client", client)
    assert not DockerEngine(lambda _: None).has_one_of({"a"})


def test_an_image_that_is_gone_meanwhile_is_a_failure_of_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> None:
        raise ImageNotFound("404 Client Error: No such image")

    client = SimpleNamespace(images=SimpleNamespace(get=gone), api=SimpleNamespace(tag=gone))
    monkeypatch.setattr(DockerEngine, "client", client)
    engine, ref = DockerEngine(lambda _: None), ImageRef("registry.example", "team/orders", "1")
    with pytest.raises(ToolFailed, match=r"orders:1: .*No such image"):
        engine.begins(ref)
    with pytest.raises(ToolFailed, match=r"sha256:0: .*No such image"):
        engine.name("sha256:0", ref)


GONE = (
    requests.exceptions.ConnectionError("('Connection aborted.', FileNotFoundError(2, 'No such file'))"),
    requests.exceptions.ReadTimeout("UnixHTTPConnectionPool: Read timed out. (read timeout=600)"),
    urllib3.exceptions.ProtocolError("Connection broken: IncompleteRead(0 bytes read)"),
    APIError("500 Server Error", response=answer(500), explanation="no space left on device"),
    DockerException(""),
)
"""How an engine fails that was there a moment ago."""
PLAN = BuildPlan(ref=ImageRef("registry.example", "team/orders", "1"))
ASKED: dict[str, Callable[[DockerEngine, Path], object]] = {
    "version": lambda engine, _: engine.version(),
    "image_id": lambda engine, _: engine.image_id("sha256:0"),
    "build": lambda engine, folder: engine.build(PLAN, folder, print),
    "run_tests": lambda engine, folder: engine.run_tests("sha256:0", folder, print),
    "name": lambda engine, _: engine.name("sha256:0", PLAN.ref),
    "begins": lambda engine, _: engine.begins(PLAN.ref),
    "ends_well": lambda engine, _: engine.ends_well(PLAN.ref, ["true"]),
    "push": lambda engine, _: engine.push("sha256:0", PLAN.ref, None, print),
}


class Failing:
    """A client all of whose questions fail, but the first so many."""

    def __init__(self, error: Exception, answers: int = 0) -> None:
        self.error, self.left = error, answers

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return self

    def __iter__(self) -> Iterator[Any]:
        self()
        return iter([])

    def __getitem__(self, name: str) -> Any:
        return 0


def engine_of(client: object, monkeypatch: pytest.MonkeyPatch) -> DockerEngine:
    monkeypatch.setattr(DockerEngine, "client", client)
    monkeypatch.setattr(buildx, "available", lambda: False)
    return DockerEngine(lambda _: None, sleep=lambda _: None)


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("asked", ASKED)
def test_whatever_a_failing_engine_is_asked_it_is_a_failure_of_the_tool_with_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, error: Exception
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    answers = 1 if asked in {"build", "ends_well"} else 0
    with pytest.raises(ToolFailed) as failed:
        ASKED[asked](engine_of(Failing(error, answers), monkeypatch), tmp_path)
    assert all(each.hint and each.problem.strip(": ") for each in failed.value.faults)


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("answers", range(6))
def test_tests_in_an_engine_that_fails_at_any_moment_end_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: int, error: Exception
) -> None:
    with pytest.raises(ToolFailed) as failed:
        ASKED["run_tests"](engine_of(Failing(error, answers), monkeypatch), tmp_path)
    (fault,) = failed.value.faults
    assert fault.hint
    late = "timed out" in str(error) and answers in {2, 3, 4}
    assert (fault.code == "test-timeout") == late, (fault, answers)


def test_nothing_is_kept_or_taken_of_layers_where_the_engine_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    for error in GONE:
        engine = engine_of(Failing(error), monkeypatch)
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        plan = replace(PLAN, cache="registry.example/layers")
        assert engine._cached(plan, tmp_path, said.append) == []
        engine._keep(plan, tmp_path, [], said.append)
        engine._keep_image("sha256:0", plan, said.append)
        assert not engine.has_one_of({"a"})
    assert "layers not kept" in said[-1]


def test_an_engine_that_is_started_again_amid_its_work_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ToolFailed, match=r"the engine ended the connection in the middle$") as caught:
        engine_of(Failing(GONE[2]), monkeypatch).name("sha256:0", PLAN.ref)
    assert "docker" in caught.value.faults[0].hint


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
def test_an_engine_that_goes_amid_a_build_is_known_from_a_build_that_it_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with pytest.raises(ToolFailed) as failed:
        ASKED["build"](engine_of(Failing(error, 1), monkeypatch), tmp_path)
    spoken = isinstance(error, APIError)
    assert failed.value.faults[0].code == ("build-failed" if spoken else "engine-lost")
