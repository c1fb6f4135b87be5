"""How the broker is: for Kubernetes, for Prometheus, and for whoever rolls it out."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from pg8000.exceptions import DatabaseError

from broker import state
from broker.broker import Broker
from broker.sessions import LOST

_STATES = ("creating", "ready", "deleting", "failed")
_METHODS = ("GET", "PUT", "PATCH", "DELETE")


class Metrics:
    """Requests that were answered, by kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered: Counter[tuple[str, str, int]] = Counter()

    def count(self, method: str, kind: str, status: int) -> None:
        """One more; what strangers ask for is one kind."""
        known = method if method in _METHODS else "other"
        with self._lock:
            self._answered[known, kind or "other", status] += 1

    def text(self, instances: dict[str, int] | None) -> str:
        """As Prometheus reads it; without numbers of instances where the database does not say them."""
        lines = [
            "# HELP service_broker_requests_total Requests that were answered.",
            "# TYPE service_broker_requests_total counter",
        ]
        with self._lock:
            answered = sorted(self._answered.items())
        for (method, kind, status), number in answered:
            labels = f'method="{method}",kind="{kind}",status="{status}"'
            lines.append(f"service_broker_requests_total{{{labels}}} {number}")
        lines += [
            "# HELP service_broker_database_up Whether PostgreSQL answers.",
            "# TYPE service_broker_database_up gauge",
            f"service_broker_database_up {int(instances is not None)}",
        ]
        if instances is not None:
            lines += [
                "# HELP service_broker_instances Instances, by state.",
                "# TYPE service_broker_instances gauge",
                *(f'service_broker_instances{{state="{each}"}} {instances.get(each, 0)}' for each in _STATES),
            ]
        return "\n".join((*lines, ""))


def application(
    broker: Broker, metrics: Metrics
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """`/live`, `/ready` and `/metrics` for a WSGI server."""

    def answered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        status, kind, text = _answer(broker, metrics, str(environ.get("PATH_INFO", "")))
        content = text.encode()
        start(status, [("Content-Type", kind), ("Content-Length", str(len(content)))])
        return [content]

    return answered


def _answer(broker: Broker, metrics: Metrics, path: str) -> tuple[str, str, str]:
    if path == "/live":
        return "200 OK", "text/plain", "alive\n"
    if path not in ("/ready", "/metrics"):
        return "404 Not Found", "text/plain", "/live, /ready or /metrics\n"
    instances = _census(broker)
    if path == "/metrics":
        return "200 OK", "text/plain; version=0.0.4", metrics.text(instances)
    up = instances is not None
    said = json.dumps({"status": "UP" if up else "DOWN"})
    return "200 OK" if up else "503 Service Unavailable", "application/json", said


def _census(broker: Broker) -> dict[str, int] | None:
    try:
        with broker.sessions.open() as session:
            return state.census(session)
    except (*LOST, DatabaseError):
        return None
