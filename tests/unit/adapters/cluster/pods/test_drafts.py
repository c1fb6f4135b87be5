"""Pods of a draft, as the API server has them."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.pods.drafts import ReleasePods
from tests import examples


def test_ports_that_nobody_can_forward_keep_no_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [
        {"containerPort": 8080},
        {"containerPort": 53, "protocol": "UDP"},
        {"containerPort": 9090, "protocol": "TCP"},
        {"containerPort": 132, "protocol": "SCTP"},
    ]
    pod: dict[str, Any] = {
        "metadata": {"name": "one", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": [{"name": "web", "ports": ports}, {"name": "side"}]},
    }
    monkeypatch.setattr(kubectl, "listed", lambda *_: [pod])
    (found,) = ReleasePods({}).pods(examples.target())
    assert found.ports == {"web": (8080, 9090), "side": ()}
