from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound

from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import ImageRef


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
