"""Pods in the place of rendered ones: their labels, account and ports, and a program that only answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.network.ends import Pod
from pipelinekit.model.network.flows import Flow
from pipelinekit.plan.network.rendered.assembly import Rendered
from pipelinekit.plan.network.rendered.workloads import template_of
from tests.network.live.programs import LISTEN

Object = dict[str, Any]

UNDECLARED = 7070
"""What each pod listens on besides: no document names it."""
_MAKERS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod")


def listening(pod: Pod, rendered: Sequence[Rendered], flows: Iterable[Flow]) -> list[tuple[str, int]]:
    """Protocols and ports that a pod answers at: its own, those beside, those that rules near it name."""
    if pod.owner == "(dns)":
        return [("TCP", 53), ("UDP", 53), ("TCP", 8181)]
    own = {each.number for each in pod.ports}
    stream = own | set(_ruled(pod, rendered)) | {each + 1 for each in own}
    if pod.owner.startswith("("):
        spans = (span for flow in flows if flow.server is pod for span in flow.ports.spans)
        stream |= {low for _, low, high in spans if low == high}
    # The last one tells that all are there.
    last = ("TCP", UNDECLARED)
    return [*(("TCP", each) for each in sorted(stream)), *(("UDP", each) for each in sorted(own)), last]


def _ruled(pod: Pod, rendered: Sequence[Rendered]) -> Iterator[int]:
    for release in rendered:
        for made, _ in release.objects:
            if made["kind"] == "NetworkPolicy" and home_of(made, release) == pod.namespace:
                for rule in made["spec"].get("ingress") or ():
                    numbers = (each.get("port") for each in rule.get("ports") or ())
                    yield from (each for each in numbers if isinstance(each, int))


def pod(
    place: str, known: Pod, ports: Sequence[tuple[str, int]], image: str, rendered: Sequence[Rendered]
) -> Object:
    """The object of a pod at `namespace/name`."""
    home, _, own = place.partition("/")
    template = _template(known, rendered)
    about, spec = template.get("metadata") or {}, template.get("spec") or {}
    declared = [
        {key: each[key] for key in ("name", "containerPort", "protocol") if key in each}
        for one in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
        for each in one.get("ports") or ()
    ]
    container = {
        "name": "listening",
        "image": image,
        "command": ["python", "-S", "-c", LISTEN, json.dumps(ports)],
        "ports": declared,
        "readinessProbe": {"tcpSocket": {"port": UNDECLARED}, "periodSeconds": 2},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": own, "namespace": home, "labels": dict(about.get("labels") or {})},
        "spec": {
            "serviceAccountName": spec.get("serviceAccountName") or "default",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
        },
    }


def _template(known: Pod, rendered: Sequence[Rendered]) -> Object:
    for release in rendered:
        for made, _ in release.objects:
            where = f"{made['kind']} {home_of(made, release)}/{made['metadata']['name']}"
            if made["kind"] in _MAKERS and where == known.origin:
                return dict(template_of(made))
    return {}


def home_of(made: Mapping[str, Any], release: Rendered) -> str:
    """The namespace of an object."""
    return str(made["metadata"].get("namespace") or release.namespace)
