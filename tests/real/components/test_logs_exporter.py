"""Elasticsearch's real exporter before a server with TLS and a login; OpenSearch of the tests has neither."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real.indexes import Index, serve
from tests.real.kube import eventually
from tests.testbed import tools
from tests.testbed.layout import Layout

pytestmark = pytest.mark.matrix("components")

WORD = "a:b\\c'd\"e$(f)@/#?%"
HEALTH = {"cluster_name": "elasticsearch", "status": "yellow", "unassigned_shards": 3, "number_of_nodes": 2}
NODE = {
    "name": "elasticsearch-es-default-0",
    "host": "10.0.0.1",
    "roles": ["master", "data"],
    "jvm": {"mem": {"heap_used_in_bytes": 40, "heap_max_in_bytes": 100}},
    "fs": {"data": [{"path": "/data", "total_in_bytes": 1000, "available_in_bytes": 140}]},
}


def answer(_: str, path: str) -> bytes | None:
    """What Elasticsearch says, as far as it is asked."""
    said = {
        "/": {"cluster_name": "elasticsearch", "cluster_uuid": "x", "version": {"number": "9.5.0"}},
        "/_cluster/health": HEALTH,
        "/_nodes/stats": {"cluster_name": "elasticsearch", "nodes": {"one": NODE}},
    }.get(path.partition("?")[0])
    return json.dumps(said).encode() if said else None


@contextmanager
def exporter(index: Index, authority: Path, password: str) -> Iterator[str]:
    """The address of one, started as the chart starts it."""
    program = tools.elasticsearch_exporter(Layout.from_environment())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [f"--web.listen-address=127.0.0.1:{port}", f"--es.uri={index.address}", "--es.all"]
    env = {**os.environ, "ES_USERNAME": index.user, "ES_PASSWORD": password}
    log = authority.with_name(f"log-{port}")
    with log.open("wb") as out:
        running = subprocess.Popen([program, *words, f"--es.ca={authority}"], env=env, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{port}"
            assert eventually(lambda: told(f"{address}/healthz") != "", 30), log.read_text()
            yield address
        finally:
            running.kill()
            running.wait()
    assert password not in log.read_text()


def told(url: str) -> str:
    """What is answered; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as said:  # noqa: S310  of loopback
            return str(said.read().decode())
    except OSError:
        return ""


def test_it_logs_in_over_tls_and_tells_what_the_server_says(tmp_path: Path) -> None:
    with serve(answer, WORD, tls=tmp_path / "tls") as index:
        authority = tmp_path / "ca.crt"
        authority.write_text(index.ca)
        with exporter(index, authority, WORD) as address:
            text = told(f"{address}/metrics")
    assert 'elasticsearch_cluster_health_status{cluster="elasticsearch",color="yellow"} 1\n' in text
    assert 'elasticsearch_cluster_health_unassigned_shards{cluster="elasticsearch"} 3\n' in text
    for name, value in (("jvm_memory_used_bytes", 40), ("filesystem_data_available_bytes", 140)):
        (line,) = [
            each
            for each in text.splitlines()
            if each.startswith(f"elasticsearch_{name}{{") and "non-heap" not in each
        ]
        assert line.endswith(f" {value}"), line
    # A user with the cluster's `monitor` alone may ask for these.
    assert {each.partition("?")[0] for each in index.served} == {"/", "/_cluster/health", "/_nodes/stats"}
    assert index.refused == []


@pytest.mark.parametrize("wrong", ["password", "authority"])
def test_it_tells_nothing_of_a_server_that_does_not_know_it_or_that_it_does_not_know(
    tmp_path: Path, wrong: str
) -> None:
    with (
        serve(answer, WORD, tls=tmp_path / "tls") as index,
        serve(answer, WORD, tls=tmp_path / "other") as other,
    ):
        authority = tmp_path / "ca.crt"
        authority.write_text(other.ca if wrong == "authority" else index.ca)
        with exporter(index, authority, "guessed" if wrong == "password" else WORD) as address:
            text = told(f"{address}/metrics")
    # What the alert ElasticsearchTellsNothing is made of.
    assert "elasticsearch_exporter_build_info{" in text
    assert "elasticsearch_cluster_health_status{" not in text
    assert index.served == []
    assert bool(index.refused) == (wrong == "password")
