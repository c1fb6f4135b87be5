"""A server that takes connections and says nothing, as behind a firewall: told as silent, and in time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster import asking, kubectl
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.cluster.objects import Objects
from pipelinekit.adapters.cluster.pods.running import Pods
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Target
from tests import examples

AT = Target(name="orders", environment=examples.environment(), namespace="dev", context="")
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
Env = dict[str, str]


@pytest.fixture
def env(testbed: dict[str, str], tmp_path: Path) -> Iterator[Env]:
    del testbed
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"https://127.0.0.1:{door.getsockname()[1]}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": address}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {"token": "x"}}],
            "current-context": "c",
        }
        path = tmp_path / "config"
        path.write_text(json.dumps(config))
        path.chmod(0o600)
        yield {"KUBECONFIG": str(path), "KUBECACHEDIR": str(tmp_path / "cache")}


@pytest.mark.parametrize(
    "ask",
    [
        lambda env: kubectl.check(env, AT, "get", "pods"),
        lambda env: Pods(env).troubles(AT),
        lambda env: Objects(env).look(AT, MANIFEST),
        lambda env: Helm(env).state(AT),
        lambda env: Helm(env).last_good(AT),
    ],
    ids=["kubectl", "troubles", "objects", "state", "history"],
)
def test_it_is_told_as_a_silence_in_time(
    env: Env, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Env], object]
) -> None:
    monkeypatch.setattr(asking, "LONGEST", 3.0)
    began = time.monotonic()
    with pytest.raises(ToolFailed) as caught:
        ask(env)
    assert caught.value.faults[0].code == "cluster-unreachable"
    assert "did not finish within 3 s" in caught.value.faults[0].problem
    assert time.monotonic() - began < 30
