"""What a server answers and what is left on disk, damaged: a value, or an error of ours."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import requests

from pipelinekit.adapters import exchange, process, prometheus
from pipelinekit.adapters.cluster.ground.contexts import Contexts
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.gates import Bound, Watch
from tests.hostile import spoiled

MATRIX = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [{"metric": {"pod": "a"}, "values": [[1700000000, "0.5"], [1700000060.5, "NaN"]]}],
    },
}
BOUND = Bound(name="errors", query="x", lowest=0.0, highest=1.0)


def wrong_of(texts: list[str], read: Any) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for each in texts:
        try:
            read(each)
        except PipelinekitError:
            continue
        except Exception as error:  # noqa: BLE001 - what a reader lets through is what is looked for
            wrong[f"{type(error).__name__}: {error}"[:200]] = each[:300]
    return wrong


def test_whatever_a_prometheus_answers_is_data_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> None:
        answer = requests.Response()
        answer.status_code, answer._content = 200, text.encode()
        monkeypatch.setattr(exchange.Session, "get", lambda *_, **__: answer)
        for each in prometheus.watched(Watch(prometheus="http://p", bounds=(BOUND,)), {}, 1700000100, 120):
            assert each.reason.isprintable()

    assert wrong_of(spoiled.answers(MATRIX), read) == {}


KUBECONFIG = {
    "kind": "Config",
    "apiVersion": "v1",
    "preferences": {},
    "clusters": [
        {"name": "c", "cluster": {"server": "https://h:6443", "certificate-authority-data": "QUJD"}},
        {"name": "d", "cluster": None},
    ],
    "users": [{"name": "u", "user": {"token": "t"}}],
    "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}, {"name": "y", "context": None}],
    "current-context": "x",
}


def test_whatever_kubectl_makes_of_a_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> None:
        monkeypatch.setattr(process, "check", lambda *_, **__: text)
        contexts = Contexts({})
        contexts.all()
        for name in ("", "x", "y"):
            with contextlib.suppress(PipelinekitError), contexts.pinned(contexts.chosen(name).name):
                pass

    assert wrong_of(spoiled.answers(KUBECONFIG), read) == {}
