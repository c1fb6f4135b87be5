from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.pods import sharing
from pipelinekit.adapters.running.process import Completed

ID = "a" * 64
NODE = {"metadata": {"name": "one"}, "status": {"nodeInfo": {"containerRuntimeVersion": "docker://27.0"}}}
POD = {"status": {"containerStatuses": [{"containerID": f"docker://{ID}"}]}}


def answer(path: str) -> dict[str, Any]:
    return {"items": [NODE if "/nodes" in path else POD]}


@pytest.mark.parametrize("told", [True, False])
def test_what_the_open_way_does_not_tell_of_nodes_and_pods_kubectl_is_asked(
    monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    questions: list[str] = []

    def ask(words: list[str], *_: object, **__: object) -> Completed:
        questions.append(words[3])
        return Completed(0, json.dumps(answer(words[3])), "")

    way = cast("Any", SimpleNamespace(found=lambda path: answer(path) if told else None))
    engine = DockerEngine(lambda _: None)
    monkeypatch.setattr(engine, "has_one_of", lambda ids: ID in ids)
    monkeypatch.setattr(ways, "to", lambda *_: way)
    monkeypatch.setattr(sharing, "ask", ask)
    assert sharing.ClusterEngine(engine, {}, "c").runs_pods()
    assert len(questions) == (0 if told else 2)
