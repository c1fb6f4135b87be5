from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.troubles.probes import failing_probe
from tests.podstates import event, pod


def failing(probe: dict[str, Any], message: str, field: str = "readinessProbe") -> str:
    ports = [{"name": "http", "containerPort": 8080}]
    one = pod({}, {"containers": [{"name": "web", "ports": ports, field: probe}]})
    return failing_probe(one, "web", [event("Unhealthy", message, fieldPath="spec.containers{web}")])


HTTP = {"httpGet": {"path": "/healthz", "port": "http"}}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("HTTP probe failed with statuscode: 404", "404"),
        ("HTTP probe failed with statuscode: 500", "500"),
        ('Get "http://10.2.3.4:8080/": dial tcp: connect: connection refused', "connection refused"),
        ('Get "http://10.2.3.4:8080/": context deadline exceeded (Client.Timeout)', "no answer in time"),
        ('Get "http://10.2.3.4:8080/": EOF', "the connection was closed"),
        ("something\nelse", "something else"),
    ],
)
def test_a_probe_is_told_with_what_it_asked_and_got(said: str, answer: str) -> None:
    words = failing(HTTP, f"Readiness probe failed: {said}")
    assert words == f"readiness probe /healthz on 8080: {answer}"


@pytest.mark.parametrize(
    ("probe", "asked"),
    [
        ({"tcpSocket": {"port": 5432}}, "on 5432"),
        ({"grpc": {"port": 9000}}, "grpc on 9000"),
        ({"exec": {"command": ["pg_isready", "-q"]}}, "pg_isready -q"),
    ],
)
def test_each_kind_of_probe_says_what_it_asks(probe: dict[str, Any], asked: str) -> None:
    words = failing(probe, "Startup probe failed: no", "startupProbe")
    assert words == f"startup probe {asked}: no"


def test_only_the_containers_own_probe_counts() -> None:
    other = event("Unhealthy", "Readiness probe failed: no", fieldPath="spec.containers{other}")
    assert failing_probe(pod({}), "web", [other, event("BackOff", "Back-off")]) == ""
