"""The probe that fails, and what it got for an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]

_FAILED = re.compile(r"^(Startup|Readiness|Liveness) probe (?:failed|errored)[^:]*: (.*)", re.DOTALL)
_STATUS = re.compile(r"statuscode: (\d+)")
_SHORT = {
    "connection refused": "connection refused",
    "context deadline exceeded": "no answer in time",
    "Client.Timeout": "no answer in time",
    "i/o timeout": "no answer in time",
    "no such host": "no such host",
    "EOF": "the connection was closed",
}


def failing_probe(pod: Object, container: str, events: Sequence[Object]) -> str:
    """The last failure of a container's probe, like `readiness probe /healthz on 8080: 404`; or empty."""
    place = f"{{{container}}}"
    for event in reversed(events):
        where = event.get("involvedObject", {}).get("fieldPath", "")
        found = _FAILED.match(str(event.get("message", "")))
        if event.get("reason") == "Unhealthy" and found and where.endswith(place):
            kind = found[1].lower()
            return f"{kind} probe {_asked(pod, container, f'{kind}Probe')}: {_answer(found[2])}"
    return ""


def _asked(pod: Object, name: str, field: str) -> str:
    spec = pod["spec"]
    containers = [*spec.get("containers", []), *spec.get("initContainers", [])]
    container: Object = next((each for each in containers if each["name"] == name), {})
    probe = container.get(field) or {}
    if "httpGet" in probe:
        asked = probe["httpGet"]
        return f"{asked.get('path', '/')} on {_port(container, asked.get('port'))}"
    if "tcpSocket" in probe:
        return f"on {_port(container, probe['tcpSocket'].get('port'))}"
    if "grpc" in probe:
        return f"grpc on {probe['grpc'].get('port')}"
    return " ".join((probe.get("exec") or {}).get("command") or ())[:100]


def _port(container: Object, port: object) -> object:
    named = {each.get("name"): each.get("containerPort") for each in container.get("ports", [])}
    return named.get(port, port)


def _answer(said: str) -> str:
    status = _STATUS.search(said)
    if status:
        return status[1]
    short = next((words for sign, words in _SHORT.items() if sign in said), "")
    return short or " ".join(said.split())[:200]
