"""The long-lived programs of `draft connect`: what of their end is told, with a kubectl that ends at will."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.pods import streams
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target

DEV = Environment(name="dev", cluster="c", namespace="{team}")
TARGET = Target(name="orders", environment=DEV, namespace="draft", context="c")


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl that a test writes."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    path = tmp_path / "kubectl"
    path.touch(0o755)
    return path


def test_what_ends_at_once_is_no_news_and_so_not_tried_again_at_once(kubectl: Path) -> None:
    kubectl.write_text("#!/bin/sh\nexit 1\n")
    news = threading.Event()
    tunnel = streams.Tunnel({}, TARGET, "one", [8080], news.set)
    assert not tunnel.open(30)
    changes = streams.changes({}, TARGET, news.set)
    logs = streams.logs({}, TARGET, "one", "web", [], lambda _: None)
    for each in (tunnel.stream, changes, logs):
        each.stop()
        assert each.ended.is_set()
    assert not news.is_set()


def test_the_loss_of_a_tunnel_and_a_changed_pod_are_news(kubectl: Path) -> None:
    kubectl.write_text("#!/bin/sh\necho 'Forwarding from 127.0.0.1:4711 -> 8080'\nread line < \"$0.over\"\n")
    over = kubectl.with_name("kubectl.over")
    os.mkfifo(over)
    news = threading.Event()
    tunnel = streams.Tunnel({}, TARGET, "one", [8080], news.set)
    assert tunnel.open(30)
    assert (tunnel.ports, news.is_set()) == ({8080: 4711}, False)
    over.write_text("\n")
    assert news.wait(30)
    kubectl.write_text("#!/bin/sh\necho pod/one\n")
    news.clear()
    streams.changes({}, TARGET, news.set)
    assert news.wait(30)
