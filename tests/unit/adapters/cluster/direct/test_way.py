from __future__ import annotations

import time
from subprocess import SubprocessError

import pytest

from pipelinekit.adapters.cluster import shapes
from pipelinekit.adapters.cluster.direct import objects
from pipelinekit.adapters.cluster.direct.way import Way

ODD = [b"[]", b'"ok"', b"5", b"null", b"true", b"", b"<html>"]


def answering(monkeypatch: pytest.MonkeyPatch, status: int, content: bytes) -> Way:
    """A way whose other end says always the same."""
    monkeypatch.setenv("PATH", "/nowhere")
    way = Way({}, "any")
    monkeypatch.setattr(way, "_answer", lambda *_: (status, content))
    return way


@pytest.mark.parametrize("content", ODD)
@pytest.mark.parametrize("status", [200, 404])
def test_what_is_no_object_is_no_answer(monkeypatch: pytest.MonkeyPatch, status: int, content: bytes) -> None:
    """A server in between may say anything with a good status: kubectl has words for it."""
    way = answering(monkeypatch, status, content)
    assert way.found("/api", absent=False) is None
    assert way.made("/api", {}) is None
    thing = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    assert objects.applied(way, [thing], "b", "helm") is None
    assert objects.listed(way, "v1", "Pod", "pods", "b") is None
    way.close()


def test_the_server_s_time_goes_on_by_itself_whatever_becomes_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = answering(monkeypatch, 200, b"{}")
    assert way.now() == 0
    way._dated = shapes.date("Mon, 30 Nov 2026 22:57:51 GMT"), time.monotonic() - 9
    assert shapes.date("Mon, 30 Nov 2026 22:57:51 GMT") == 1796079471
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert way.now() == pytest.approx(1796079480, abs=5)
    assert [shapes.date(each) for each in ("", "soon", "Mon, 99 Nov 2026 22:57:51 GMT")] == [0, 0, 0]
    way.close()


def test_a_list_of_nothing_at_all_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    way = answering(monkeypatch, 200, b'{"kind": "List", "items": null}')
    assert objects.listed(way, "v1", "Pod", "pods", "b") is None
    way.close()


@pytest.mark.parametrize("error", [OSError("no memory"), SubprocessError("preexec_fn")])
def test_a_kubectl_that_cannot_be_started_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def watch(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipelinekit.adapters.running.process.watch", watch)
    way = Way({}, "any")
    way._thread.join()
    assert way._told.is_set()
    way.close()
