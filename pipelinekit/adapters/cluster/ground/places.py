"""Developers' namespaces: made, kept up to date, put to sleep, removed."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pipelinekit.adapters.cluster import dated, kubectl
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.errors import failed
from pipelinekit.model.draft import PULL_SECRET, Place
from pipelinekit.model.release import Credentials, Target
from pipelinekit.plan.draft.place import ASLEEP, END, MARK, OWNER, USED
from pipelinekit.plan.moment import seconds_of

# Read by kubectl as well, the server's schemas are more than half of its work, and these things are our own.
APPLY = (
    *("apply", "--server-side", "--force-conflicts", "--field-manager", "pipelinekit-draft"),
    *("--validate=false", "--filename", "-"),
)
Object = Mapping[str, Any]
_SOMEBODYS = (
    "secrets,configmaps,services,persistentvolumeclaims,deployments.apps,statefulsets.apps,daemonsets.apps,"
    "jobs.batch,cronjobs.batch,pods"
)
"""Kinds that people make by hand."""
_BY_ITSELF = frozenset(("kube-root-ca.crt", "istio-ca-root-cert", PULL_SECRET))
"""What is in a namespace without anybody having made it there."""


class DevelopersPlaces:
    """Those of the cluster that a kubeconfig leads to."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def place(self, target: Target) -> Place | None:
        """The target's namespace as it is, or None; raises `ToolFailed` when the cluster cannot be asked."""
        found = self._found(target)
        if found is None:
            return None
        if found.get("status", {}).get("phase") == "Terminating":
            problem = f"namespace {target.namespace} is being removed"
            raise failed("namespace-going", problem, hint="it takes a moment; run it again")
        return _place(found)

    def _found(self, target: Target) -> Object | None:
        thing = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": target.namespace}}
        way = ways.to(self.env, target.context)
        told = direct.live(way, [thing], "") if way else None
        if told is not None:
            return told[0] if told else None
        return kubectl.found(self.env, target, "namespace", target.namespace)

    def all(self, target: Target) -> tuple[Place, ...]:
        """Every developer's namespace of the cluster."""
        items = kubectl.listed(self.env, target, "namespaces", "--selector", f"{MARK}=true")
        return tuple(_place(each) for each in items if each["status"].get("phase") != "Terminating")

    def now(self, target: Target) -> int:
        """Seconds since 1970 by the cluster's clock; by this machine's where the cluster tells no time.

        What is written on a namespace is read by others, whose clocks are no better than this one's.
        """
        return int(dated.now(self.env, target) or time.time())

    def prepare(
        self, target: Target, labels: Mapping[str, str], used: str, logins: Mapping[str, Credentials]
    ) -> None:
        """Make the namespace with these labels, or bring them and the time of its use up to date.

        Its pods get these logins to pull with, by registry, in the place of those that they had. Without
        labels the namespace is somebody else's, and stays as it is.
        """
        things = [_namespace(target, labels, used)] if labels else []
        things += _pulling(target, logins) if logins else []
        if not things:
            return
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": things})
        kubectl.check(self.env, target, *APPLY, stdin=text)

    def sleep(self, target: Target, now: str) -> int:
        """Take every pod of the namespace's Deployments and StatefulSets down, and let no CronJob start one.

        How many of them there were. Each keeps how it was, in an annotation, for `wake`.
        """
        awake = [each for each in self._workloads(target) if _awake(each)]
        for each in awake:
            kept = "" if each["kind"] == "CronJob" else str(each["spec"].get("replicas", 1))
            self._change(target, each, _asleep(each), kept)
        kubectl.check(
            self.env, target, "annotate", "--overwrite", "namespace", target.namespace, f"{ASLEEP}={now}"
        )
        return len(awake)

    def wake(self, target: Target) -> int:
        """What `sleep` has put to sleep is as it was; what somebody has changed since stays. How many."""
        asleep = [each for each in self._workloads(target) if _kept(each) is not None]
        for each in asleep:
            was = {} if _awake(each) else _as_it_was(each, _kept(each) or "")
            self._change(target, each, was, None)
        return len(asleep)

    def _workloads(self, target: Target) -> Sequence[Object]:
        return kubectl.listed(self.env, target, "deployments,statefulsets,cronjobs")

    def _change(self, target: Target, each: Object, spec: Object, kept: str | None) -> None:
        name = f"{each['kind'].lower()}/{each['metadata']['name']}"
        patch = {"metadata": {"annotations": {ASLEEP: kept}}, **({"spec": spec} if spec else {})}
        kubectl.check(self.env, target, "patch", name, "--type", "merge", "--patch", json.dumps(patch))

    def left(self, target: Target) -> tuple[str, ...]:
        """What a person has made in the namespace beside the releases, as `Kind/name`; raises `ToolFailed`
        when the cluster does not tell: then nobody knows what would be lost with it."""
        items = kubectl.listed(self.env, target, _SOMEBODYS)
        return tuple(sorted(f"{each['kind']}/{each['metadata']['name']}" for each in items if _by_hand(each)))

    def remove(self, target: Target) -> None:
        """Delete the namespace and all that is in it, without waiting for it."""
        kubectl.check(
            self.env, target, "delete", "namespace", target.namespace, "--wait=false", "--ignore-not-found"
        )


def _by_hand(each: Object) -> bool:
    """Whether it is neither part of a release, nor made by another object or by the cluster itself."""
    metadata = each["metadata"]
    labels = metadata.get("labels") or {}
    if metadata.get("ownerReferences") or metadata["name"] in _BY_ITSELF or metadata.get("deletionTimestamp"):
        return False
    if labels.get("app.kubernetes.io/managed-by") == "Helm" or labels.get("owner") == "helm":
        return False
    # A StatefulSet's volumes are its application's, and have no owner.
    if each["kind"] == "PersistentVolumeClaim" and "app.kubernetes.io/instance" in labels:
        return False
    return each.get("type") != "kubernetes.io/service-account-token"


def _awake(each: Object) -> bool:
    """Whether it has pods, or may get some."""
    spec = each["spec"]
    return not spec.get("suspend", False) if each["kind"] == "CronJob" else bool(spec.get("replicas", 1))


def _kept(each: Object) -> str | None:
    """How it was before it was put to sleep; None where it was not."""
    notes: Mapping[str, str] = each["metadata"].get("annotations") or {}
    return notes.get(ASLEEP)


def _asleep(each: Object) -> Object:
    return {"suspend": True} if each["kind"] == "CronJob" else {"replicas": 0}


def _as_it_was(each: Object, kept: str) -> Object:
    if each["kind"] == "CronJob":
        return {"suspend": False}
    return {"replicas": int(kept)} if kept.isdecimal() else {}


def _namespace(target: Target, labels: Mapping[str, str], used: str) -> dict[str, Any]:
    notes = {USED: used, ASLEEP: ""}
    metadata = {"name": target.namespace, "labels": dict(labels), "annotations": notes}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _pulling(target: Target, logins: Mapping[str, Credentials]) -> list[dict[str, Any]]:
    auths = {host: dockerconfig.entry(each) for host, each in logins.items()}
    data = base64.b64encode(json.dumps({"auths": auths}, sort_keys=True).encode()).decode()
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": PULL_SECRET, "namespace": target.namespace},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": data},
    }
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": target.namespace},
        "imagePullSecrets": [{"name": PULL_SECRET}],
    }
    return [secret, account]


def _place(found: Object) -> Place:
    metadata = found["metadata"]
    labels, notes = metadata.get("labels") or {}, metadata.get("annotations") or {}
    mine = labels.get(MARK) == "true"
    return Place(
        namespace=str(metadata["name"]),
        owner=str(labels.get(OWNER, "")) if mine else "",
        ends=_day(str(labels.get(END, ""))),
        # What is no moment says nothing of its use: it would be idle since 1970.
        used=seconds_of(str(notes.get(USED))) or seconds_of(metadata["creationTimestamp"]) or 0,
        asleep=bool(notes.get(ASLEEP)),
    )


def _day(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0
