from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.adapters.cluster.direct import objects
from pipelinekit.adapters.cluster.direct.way import Way

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}}
GONE = {"kind": "Status", "details": {"name": "mine"}}


@pytest.mark.parametrize(
    ("status", "body", "found"), [(200, NAMESPACE, [NAMESPACE]), (404, GONE, []), (403, {}, None)]
)
def test_a_namespace_is_asked_for_where_it_is(
    monkeypatch: pytest.MonkeyPatch, status: int, body: object, found: object
) -> None:
    asked: list[str] = []

    def answer(_: str, path: str, *__: Any) -> tuple[int, bytes]:
        asked.append(path)
        return status, json.dumps(body).encode()

    monkeypatch.setenv("PATH", "/nowhere")
    way = Way({}, "any")
    monkeypatch.setattr(way, "_answer", answer)
    assert objects.live(way, [NAMESPACE], "other") == found
    assert asked == ["/api/v1/namespaces/mine"]
    way.close()
