"""What Kubernetes' quotas count: one that allows nothing names all that it counts when it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest

from pipelinekit.plan.preflight.quota import counts, usage
from pipelinekit.plan.quantities import read
from tests.podusage import PODS, SCOPES, USED
from tests.real.kube import Kube, eventually

_COUNTED = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_REFUSED = re.compile(r'pods "([^"]+)" is forbidden: exceeded quota: ([^,]+), requested: (\S+), used')
_NOTHING = "counts-all"


def _quota(name: str, spec: Mapping[str, Any], *resources: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": name}
    hard = dict.fromkeys(resources, "0")
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {**spec, "hard": hard}}


@pytest.fixture(scope="module")
def refusals(testbed: Mapping[str, str]) -> Iterator[Mapping[tuple[str, str], Mapping[str, str]]]:
    """What each quota counts each pod for, by their names; nothing of a pod that it does not count."""
    kube, mark = Kube(testbed, "default"), f"quota-{uuid4().hex[:8]}"
    quotas = [_quota(f"{mark}-{name}", spec, "pods") for name, (spec, _) in SCOPES.items()]
    quotas.append(_quota(f"{mark}-{_NOTHING}", {}, *_COUNTED))
    names = [each["metadata"]["name"] for each in quotas]
    spaces: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": each, "labels": {"of": mark}}}
        for each in names
    ]

    def is_ready() -> bool:
        found = json.loads(kube.run("kubectl", "get", "quota,serviceaccount", "-A", "-o", "json"))["items"]
        known = [each for each in found if each["metadata"]["namespace"] in names]
        return all(
            sum(each["metadata"]["namespace"] == name for each in known) == 2 for name in names
        ) and all(each["kind"] != "ResourceQuota" or each.get("status", {}).get("hard") for each in known)

    try:
        kube.run("kubectl", "create", "-f", "-", stdin=_listed([*spaces, *quotas]))
        assert eventually(is_ready)
        pods = [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod, "namespace": name}, "spec": spec}
            for name in names
            for pod, spec in (
                {pod: spec for pod, (spec, _) in USED.items()} if _NOTHING in name else PODS
            ).items()
        ]
        words = ("kubectl", "create", "--dry-run=server", "--validate=false", "-o", "name", "-f", "-")
        said = _REFUSED.findall(kube.attempt(*words, stdin=_listed(pods)).stderr)
        yield {
            (quota.removeprefix(f"{mark}-"), pod): dict(each.split("=") for each in asked.split(","))
            for pod, quota, asked in said
        }
    finally:
        kube.run("kubectl", "delete", "namespace", f"--selector=of={mark}", "--wait=false")


def _listed(things: list[dict[str, Any]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": things})


def test_a_pod_counts_for_what_the_server_says(refusals: Mapping[tuple[str, str], Mapping[str, str]]) -> None:
    told = {pod: {name: read(refusals[_NOTHING, pod][name]) for name in _COUNTED} for pod in USED}
    assert told == {pod: {name: usage(spec)[name] for name in _COUNTED} for pod, (spec, _) in USED.items()}


def test_a_quota_counts_the_pods_that_the_server_says(
    refusals: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    told = {name: {pod for pod in PODS if (name, pod) in refusals} for name in SCOPES}
    ours = {
        name: {pod for pod, spec in PODS.items() if counts({"spec": scopes}, spec)}
        for name, (scopes, _) in SCOPES.items()
    }
    assert told == ours
