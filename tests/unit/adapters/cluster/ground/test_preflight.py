from __future__ import annotations

import json

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.ground.preflight import Preflight
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed
from tests import examples

LOOK = Preflight({}, lambda *_: True, lambda _: None, ())


@pytest.mark.parametrize(
    "said",
    [
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
        'error when creating "STDIN": Post "https://127.0.0.1:1/api/v1/x": dial tcp: connection refused',
        'error when patching "STDIN": Patch "https://127.0.0.1:1/api/v1/x?force=true": EOF',
    ],
)
def test_a_server_that_has_not_answered_has_refused_nothing(said: str) -> None:
    with pytest.raises(ToolFailed) as caught:
        LOOK._refusals(examples.target(), Completed(1, "", f"{said}\n"))
    assert caught.value.faults[0].code == "cluster-unreachable"


@pytest.mark.parametrize(
    "end", ["EOF", "dial tcp 10.0.0.1:443: i/o timeout", "dial tcp: lookup x.y.svc: no such host"]
)
def test_what_a_server_says_of_its_webhook_is_a_refusal(end: str) -> None:
    said = f'failed calling webhook "x": failed to call webhook: Post "https://x.y.svc:443/z": {end}'
    answer = f"Error from server (InternalError): Internal error occurred: {said}\n"
    (refusal,) = LOOK._refusals(examples.target(), Completed(1, "", answer))
    assert refusal.endswith(said)


def test_the_ingress_classes_are_told_with_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}
    items = [
        {"apiVersion": "v1", "kind": "IngressClass", "metadata": {"name": name, **more}}
        for name, more in (("nginx", mark), ("other", {}))
    ]
    answers = [Completed(0, json.dumps({"items": items}), ""), Completed(1, "", "forbidden")]
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: answers.pop(0))
    assert LOOK._ingresses(examples.target()) == frozenset(("", "nginx", "other"))
    assert LOOK._ingresses(examples.target()) is None


def test_what_the_server_would_apply_to_is_told_where_it_is_being_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = [{"kind": "ConfigMap", "metadata": {"name": "a", "deletionTimestamp": "2026-01-02T03:04:05Z"}}]
    monkeypatch.setattr(ways, "to", lambda *_: object())
    monkeypatch.setattr(direct, "applied", lambda *_: there)
    assert LOOK._applied(examples.target(), there) == ((), there)
