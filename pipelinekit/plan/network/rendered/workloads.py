"""Rendered objects to pods: what runs, under which labels, with which ports, in the mesh or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.errors import refused
from pipelinekit.model.network.ends import ContainerPort, Pod
from pipelinekit.plan.network.rendered.operators import templates_of
from pipelinekit.plan.network.rendered.policies import hook_of

Object = Mapping[str, Any]

_MAKERS = (
    *("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
    *("Job", "CronJob", "Pod"),
)
_DEFINITION = "CustomResourceDefinition"
"""Speaks of pods, and has none."""
_AMBIENT = "istio.io/dataplane-mode"
_GATEWAY = ("inject.istio.io/templates", "gateway")
_SWITCHES = {"AMBIENT_ENABLED": "istio-cni", "PILOT_ENABLE_AMBIENT": "istiod"}
"""Settings that make Istio's programs ready for an ambient mesh, and whose they are."""


def pods_of(
    objects: Iterable[Object], namespace: str, owner: str, release: str, namespaces: Mapping[str, Object]
) -> Iterator[Pod]:
    """The pods that a release's objects make; `namespaces` are the labels of those that there are.

    An operator makes those of its own kinds, as `operators.templates_of` reads them. Raises `Refused` for
    what is in an ambient mesh.
    """
    for each in objects:
        if each.get("kind") in _MAKERS:
            yield _pod(each, template_of(each), namespace, owner, release, namespaces)
        elif each.get("kind") == "ConfigMap":
            _require_off(f"ConfigMap {(each.get('metadata') or {}).get('name')}", each.get("data") or {})
        elif each.get("kind") != _DEFINITION:
            for number, template in enumerate(templates_of(each)):
                pod = _pod(each, template, namespace, owner, release, namespaces)
                yield replace(pod, name=f"{pod.name}-{number}") if number else pod


def _pod(
    made: Object,
    template: Object,
    namespace: str,
    owner: str,
    release: str,
    namespaces: Mapping[str, Object],
) -> Pod:
    metadata = made.get("metadata") or {}
    about, spec = template.get("metadata") or {}, template.get("spec") or {}
    home = str(metadata.get("namespace") or namespace)
    labels = {str(key): str(value) for key, value in (about.get("labels") or {}).items()}
    annotations = about.get("annotations") or {}
    there = namespaces.get(home, {})
    origin = f"{made['kind']} {home}/{metadata.get('name')}"
    require_no_ambient(origin, labels)
    _require_switched_off(origin, spec)
    on_node = bool(spec.get("hostNetwork"))
    return Pod(
        name=f"{home}/{metadata.get('name')}",
        namespace=home,
        labels=labels,
        owner=owner,
        account=str(spec.get("serviceAccountName") or "default"),
        ports=tuple(_ports(spec)),
        host_network=on_node,
        hook=hook_of(metadata),
        job=made["kind"] in ("Job", "CronJob"),
        sidecar=not on_node and _injected({**annotations, **labels}, there),
        gateway=annotations.get(_GATEWAY[0]) == _GATEWAY[1],
        past=tuple(_numbers(annotations.get("traffic.sidecar.istio.io/excludeInboundPorts"))),
        release=f"{namespace}/{release}",
        origin=origin,
    )


def template_of(made: Object) -> Object:
    """A workload's pod template; of a pod the pod itself."""
    if made["kind"] == "Pod":
        return made
    spec = made.get("spec") or {}
    if made["kind"] == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    return spec.get("template") or {}


def _ports(spec: Object) -> Iterator[ContainerPort]:
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        for each in container.get("ports") or ():
            yield ContainerPort(
                name=str(each.get("name") or ""),
                number=int(each["containerPort"]),
                protocol=str(each.get("protocol") or "TCP"),
            )


def _injected(words: Mapping[str, Any], namespace: Object) -> bool:
    """As Istio's webhook decides: the pod's word first, then its namespace's."""
    word = str(words.get("sidecar.istio.io/inject", "")).lower()
    if word in ("true", "false"):
        return word == "true"
    return namespace.get("istio-injection") == "enabled" or bool(
        namespace.get("istio-injection") != "disabled"
        and (namespace.get("istio.io/rev") or words.get("istio.io/rev"))
    )


def _numbers(text: Any) -> Iterator[int]:
    for each in str(text or "").split(","):
        if each.strip().isdigit():
            yield int(each)


def require_no_ambient(where: str, labels: Mapping[str, Any]) -> None:
    """Raise `Refused` for a namespace or a pod whose labels put it into an ambient mesh."""
    if labels.get(_AMBIENT) == "ambient":
        raise refused(
            "mesh-ambient",
            f"{where} is in an ambient mesh ({_AMBIENT}: ambient)",
            hint="there the node's proxy sees identities, only a waypoint sees requests, and all of it comes"
            " to pods at port 15008, where network policies no longer see ports;\nthis version proves meshes"
            " of sidecars alone: take the label away, or leave its components out with enabled: false",
        )


def _require_switched_off(where: str, spec: Object) -> None:
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        _require_off(where, {each.get("name"): each.get("value") for each in container.get("env") or ()})


def _require_off(where: str, settings: Object) -> None:
    """Raise `Refused` for settings with which the control plane or the nodes serve an ambient mesh."""
    for name, whose in _SWITCHES.items():
        if str(settings.get(name, "")).lower() == "true":
            raise refused(
                "mesh-ambient",
                f"{where} serves an ambient mesh ({name}: true)",
                hint="this version proves meshes of sidecars alone: take the profile, or the value for it,"
                f" out of {whose}'s values",
            )
