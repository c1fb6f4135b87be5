"""Pods, what quotas count them for, and which quotas count them."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]
_ALWAYS = {"restartPolicy": "Always"}


def _container(name: str, **resources: dict[str, str]) -> Spec:
    return {"name": name, "image": "a", "resources": resources}


def _both(name: str, cpu: str, memory: str) -> Spec:
    amounts = {"cpu": cpu, "memory": memory}
    return _container(name, requests=amounts, limits=amounts)


def _same(cpu: str, memory: str) -> dict[str, str]:
    return {
        f"{kind}.{what}": said
        for kind in ("requests", "limits")
        for what, said in (("cpu", cpu), ("memory", memory))
    }


_ONE = _both("a", "100m", "64Mi")
_BARE = _container("a")
_WHOLE = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
_LIMITS = {"limits": {"cpu": "2", "memory": "2Gi"}}
_OF_WHOLE = {"requests.cpu": "1", "requests.memory": "1Gi", "limits.cpu": "2", "limits.memory": "2Gi"}

USED: dict[str, tuple[Spec, dict[str, str]]] = {
    "one": ({"containers": [_ONE]}, _same("100m", "64Mi")),
    "limits-alone": (
        {"containers": [_container("a", limits={"cpu": "1", "memory": "1Gi"})]},
        _same("1", "1Gi"),
    ),
    "a-first-one": (
        {"containers": [_ONE], "initContainers": [_both("i", "1", "32Mi")]},
        _same("1", "64Mi"),
    ),
    "a-sidecar": (
        {"containers": [_ONE], "initContainers": [_both("i", "1", "32Mi") | _ALWAYS]},
        _same("1100m", "96Mi"),
    ),
    "a-sidecar-before": (
        {
            "containers": [_ONE],
            "initContainers": [_both("i", "1", "32Mi") | _ALWAYS, _both("j", "2", "1Gi")],
        },
        _same("3", "1056Mi"),
    ),
    "a-sidecar-after": (
        {
            "containers": [_ONE],
            "initContainers": [_both("j", "2", "1Gi"), _both("i", "1", "32Mi") | _ALWAYS],
        },
        _same("2", "1Gi"),
    ),
    "of-the-pod": ({"containers": [_BARE], "resources": _WHOLE}, _OF_WHOLE),
    "of-both": ({"containers": [_ONE], "resources": _WHOLE}, _OF_WHOLE),
    "limits-of-the-pod": ({"containers": [_BARE], "resources": _LIMITS}, _same("2", "2Gi")),
    "limits-of-the-pod-over-requests": (
        {"containers": [_container("a", requests={"cpu": "1", "memory": "1Gi"})], "resources": _LIMITS},
        _OF_WHOLE,
    ),
}
"""What the four resources of each come to."""


def _classed(operator: str, *values: str) -> Spec:
    term = {"scopeName": "PriorityClass", "operator": operator}
    return {"scopeSelector": {"matchExpressions": [term | ({"values": list(values)} if values else {})]}}


_CLASS = "system-node-critical"
PODS: dict[str, Spec] = {
    "usual": {"containers": [_ONE]},
    "ends": {"containers": [_ONE], "activeDeadlineSeconds": 5},
    "classed": {"containers": [_ONE], "priorityClassName": _CLASS},
    "bare": {"containers": [_BARE]},
    "bare-in-the-end": {"containers": [_BARE], "initContainers": [_container("i", requests={"cpu": "1"})]},
}
SCOPES: dict[str, tuple[Spec, tuple[str, ...]]] = {
    "none": ({}, ("usual", "ends", "classed", "bare", "bare-in-the-end")),
    "terminating": ({"scopes": ["Terminating"]}, ("ends",)),
    "not-terminating": ({"scopes": ["NotTerminating"]}, ("usual", "classed", "bare", "bare-in-the-end")),
    "best-effort": ({"scopes": ["BestEffort"]}, ("bare",)),
    "not-best-effort": ({"scopes": ["NotBestEffort"]}, ("usual", "ends", "classed", "bare-in-the-end")),
    "both": ({"scopes": ["NotBestEffort", "Terminating"]}, ("ends",)),
    "class": ({"scopes": ["PriorityClass"]}, ("classed",)),
    "class-in": (_classed("In", "other", _CLASS), ("classed",)),
    "class-not-in": (_classed("NotIn", _CLASS), ("usual", "ends", "bare", "bare-in-the-end")),
    "class-absent": (_classed("DoesNotExist"), ("usual", "ends", "bare", "bare-in-the-end")),
    "class-other": (_classed("In", "other"), ()),
}
"""A quota's scopes, and which of the pods it counts."""
