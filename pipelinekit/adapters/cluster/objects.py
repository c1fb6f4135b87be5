"""Objects of a cluster through kubectl: what is there, and what would be there once a manifest is applied."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl, refusals
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.direct.way import Way
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.release import Target
from pipelinekit.plan.deploying.fields import key_of, name_of, titled
from pipelinekit.ports import RIVAL
from pipelinekit.reading.chart.manifest import read_manifest

APPLY = ("apply", "--server-side", "--force-conflicts", "--validate=false", "--filename", "-")
"""Validation by kubectl costs more than all the rest, and the server validates anyway."""
_NAMESPACE = re.compile(r"""\bnamespace["']?:\s*["']?([a-z0-9-]+)""")
HELM = "helm"
"""The manager as which Helm applies."""
_UNLIKE = "the server rejected our request due to an error in our request"
"""How kubectl tells that an object is not what a JSON patch asks whether it is."""
_LAST = "kubectl.kubernetes.io/last-applied-configuration"


class Objects:
    """Clusters as a set of kubeconfig files reaches them; `manager` is who applies a manifest."""

    def __init__(self, env: Mapping[str, str], manager: str = HELM) -> None:
        self.env, self.manager = env, manager

    def look(self, target: Target, manifest: str, more: str = "") -> Look:
        """The objects of both manifests as they are, and those of the first one as they would be.

        What they would be is the server's own answer, defaults included, to an application that changes
        nothing. Values of Secrets are digests. Raises `ToolFailed` when the cluster refuses.
        """
        way = ways.to(self.env, target.context)
        told = self._told(way, target, manifest, more) if way else None
        if told:
            return told
        with ThreadPoolExecutor(3) as pool:
            both = manifest + ("\n---\n" + more if more else "")
            live = pool.submit(self._live, target, both)
            applied = pool.submit(self._applied, target, manifest)
            scalers = pool.submit(self._autoscalers, target)
            objects, refused = applied.result()
            return Look(
                live=live.result(),
                applied=objects,
                autoscalers=scalers.result(),
                refused=refused,
                home=target.namespace,
            )

    def restore(self, target: Target, name: str, patch: Sequence[Mapping[str, Any]]) -> None:
        """Patch an object like Deployment.v1.apps/orders.

        Raises `ToolFailed`, with the code `RIVAL` when it has changed since the look.
        """
        words = ("patch", name, "--type=json", "--field-manager=helm", "--patch-file=/dev/stdin")
        done = self._run(target, *words, stdin=json.dumps(patch))
        if done.code and _UNLIKE in done.reason():
            raise failed(RIVAL, f"{name} has changed since it was looked at", hint="run it again")
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())

    def hold(self, target: Target, counts: Mapping[str, int]) -> None:
        """Make the number of a Deployment's pods ours, apart from Helm's word on it."""
        listed = {"apiVersion": "v1", "kind": "List", "items": [_of(*each) for each in counts.items()]}
        done = self._run(target, *APPLY, "--field-manager=pipelinekit", stdin=json.dumps(listed))
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())

    def _told(self, way: Way, target: Target, manifest: str, more: str) -> Look | None:
        """The same where the server has a plain answer to each question."""
        wanted = read_manifest(manifest)
        laid = [self._marked(target, each) for each in wanted]
        home, named = target.namespace, filter(_has_name, (*read_manifest(more), *wanted))
        both = {key_of(each, home): each for each in named}
        kind = ("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
        with ThreadPoolExecutor(3) as pool:
            live = pool.submit(direct.live, way, [*both.values()], target.namespace)
            applied = pool.submit(direct.applied, way, laid, target.namespace, self.manager)
            scalers = pool.submit(direct.listed, way, *kind, target.namespace)
            found = [each.result() for each in (live, applied, scalers)]
        here = [None if each is None else [_closed(one) for one in each] for each in found]
        if here[0] is None or here[1] is None or here[2] is None:
            return None
        return Look(live=here[0], applied=here[1], autoscalers=here[2], home=home)

    def _live(self, target: Target, manifest: str) -> list[Object]:
        found = [each for place, text in _apart(target, manifest) for each in self._there(place, text)]
        return list({key_of(each): each for each in found}.values())

    def _there(self, target: Target, manifest: str) -> list[Object]:
        words = ("get", "--filename", "-", "--ignore-not-found", "--show-managed-fields")
        done = self._run(target, *words, stdin=manifest)
        if done.code and not _nowhere(done, target):
            raise answers.cluster_failed(target.context, done.reason())
        return _items(target, done.out)

    def _applied(self, target: Target, manifest: str) -> tuple[list[Object], dict[str, str]]:
        """What the server makes of the manifest; and of which objects it makes nothing, and why."""
        objects: list[Object] = []
        refused: dict[str, str] = {}
        marked = (self._marked(target, each) for each in read_manifest(manifest))
        for place, some in kubectl.by_namespace(target, marked):
            made, not_made = self._applied_in(place, some)
            objects += made
            refused |= {
                titled(name, place.namespace, target.namespace): why for name, why in not_made.items()
            }
        return objects, refused

    def _applied_in(
        self, target: Target, objects: Sequence[Mapping[str, Any]]
    ) -> tuple[list[Object], dict[str, str]]:
        done = self._tried(target, objects)
        if _nowhere(done, target):
            return [], {}
        refused = refusals.invalid(done.err)
        if refused:
            # kubectl prints nothing when it cannot print all.
            rest = [each for each in objects if name_of(each) not in refused]
            if not rest:
                return [], refused
            done = self._tried(target, rest)
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return _items(target, done.out), refused

    def _marked(self, target: Target, each: Mapping[str, Any]) -> Mapping[str, Any]:
        """An object with what Helm, where it is the one who applies, writes into each: without a label of its
        own a Job takes its pods', and with the last note that we know of go those that we do not."""
        metadata = each.get("metadata") or {}
        if self.manager != HELM:
            return each
        marks = {
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {
                "meta.helm.sh/release-name": target.name,
                "meta.helm.sh/release-namespace": target.namespace,
            },
        }
        more = {part: {**(metadata.get(part) or {}), **found} for part, found in marks.items()}
        return {**each, "metadata": {**metadata, **more}}

    def _tried(self, target: Target, objects: Sequence[Mapping[str, Any]]) -> process.Completed:
        words = ("--dry-run=server", f"--field-manager={self.manager}", "--show-managed-fields")
        return self._run(target, *APPLY, *words, stdin=_written(objects))

    def _autoscalers(self, target: Target) -> list[Object]:
        """Those of the namespace; none for an account that may not look."""
        done = self._run(target, "get", "horizontalpodautoscalers")
        if done.code and "forbidden" not in done.err.lower():
            raise answers.cluster_failed(target.context, done.reason())
        return [] if done.code else _items(target, done.out)

    def _run(self, target: Target, *arguments: str, stdin: str | None = None) -> process.Completed:
        context = ["--context", target.context] if target.context else []
        scope = ["--namespace", target.namespace, "--request-timeout", "20s", "--output", "json", *context]
        return ask(["kubectl", *arguments, *scope], target.context, env=self.env, stdin=stdin)


def _has_name(each: Mapping[str, Any]) -> bool:
    return bool((each.get("metadata") or {}).get("name"))


def _apart(target: Target, manifest: str) -> list[tuple[Target, str]]:
    """A manifest in one piece for each namespace; it is read only where it names another one."""
    if not set(_NAMESPACE.findall(manifest)) - {target.namespace}:
        return [(target, manifest)]
    pieces = kubectl.by_namespace(target, read_manifest(manifest))
    return [(place, _written(some)) for place, some in pieces]


def _written(objects: Sequence[Mapping[str, Any]]) -> str:
    # What begins with a bracket kubectl takes for JSON alone.
    return "".join(f"---\n{json.dumps(each)}\n" for each in objects)


def _nowhere(done: process.Completed, target: Target) -> bool:
    return f'namespaces "{target.namespace}" not found' in done.err


def _items(target: Target, text: str) -> list[Object]:
    return [_closed(each) for each in answers.objects(target.context, text)]


def _closed(each: dict[str, Any]) -> Object:
    """An object without what must not leave here: a Secret's values, and the copy of them in its notes."""
    (each["metadata"].get("annotations") or {}).pop(_LAST, None)
    if each["kind"] == "Secret":
        for field in ("data", "stringData"):
            if each.get(field):
                each[field] = {name: _digest(value) for name, value in each[field].items()}
    return each


def _digest(value: object) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()


def _of(name: str, count: int) -> Object:
    metadata = {"name": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": count}}
