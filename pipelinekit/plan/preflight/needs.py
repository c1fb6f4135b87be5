"""What a manifest asks of the cluster that it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.ground.preflight import Needs, Object, Pull, SecretKey
from pipelinekit.plan.claims import claims_of
from pipelinekit.plan.deploying.fields import titled
from pipelinekit.plan.preflight.ingress import served_by

HOOK = "helm.sh/hook"
TESTS = frozenset(("test", "test-success"))
"""What Helm makes for `helm test` alone; the second is its older word."""
TEMPLATES = {
    "Deployment": ("template",),
    "ReplicaSet": ("template",),
    "StatefulSet": ("template",),
    "DaemonSet": ("template",),
    "Job": ("template",),
    "CronJob": ("jobTemplate", "spec", "template"),
}
"""Where in the specification of each kind the template of its pods is."""

_FILLS = {
    "ExternalSecret": ("target", "name"),
    "VaultStaticSecret": ("destination", "name"),
    "VaultDynamicSecret": ("destination", "name"),
    "SealedSecret": ("template", "metadata", "name"),
    "Certificate": ("secretName",),
}
"""Kinds that fill a Secret, and where its name is; without one it is their own."""


def needs_of(objects: Sequence[Object], home: str = "") -> Needs:
    """All of it; the chart's tests are left out, for a deployment does not run them.

    `home` is the namespace of the release.
    """
    counted = [each for each in objects if TESTS.isdisjoint(hooks_of(each))]
    templates = [(each, template_of(each)) for each in counted]
    pods = [(each, template) for each, template in templates if template]
    accounts = {each["metadata"]["name"] for each in counted if each["kind"] == "ServiceAccount"}
    specs = [template["spec"] for each, template in pods if at_home(each, home)]
    others = [(each, template["spec"]) for each, template in pods if not at_home(each, home)]
    return Needs(
        objects=tuple(each for each in counted if not hooks_of(each)),
        hooks=tuple(each for each in counted if hooks_of(each)),
        pods=tuple(_pod(each, template, accounts) for each, template in pods),
        keys=tuple(dict.fromkeys(key for spec in specs for key in _keys(spec))),
        pulls=tuple(
            dict.fromkeys(
                (
                    *(pull for spec in specs for pull in _pulls(spec)),
                    # Whether one's Secret is there is not asked elsewhere; that there is such an image is.
                    *(Pull(pull.image) for _, spec in others for pull in _pulls(spec)),
                )
            )
        ),
        made={name: keys for each in counted if at_home(each, home) for name, keys in filled(each)},
        elsewhere=tuple(
            dict.fromkeys(name for each, spec in others for name in _elsewhere(each, spec, home))
        ),
        classes=tuple(dict.fromkeys(name for each in counted for name in _classes(each))),
        ingresses=served_by(counted),
        places=tuple(dict.fromkeys((home, *(place_of(each, home) for each, _ in pods)))),
        home=home,
    )


def at_home(thing: Object, home: str) -> bool:
    """Whether an object is in its release's namespace; without a home all are."""
    return place_of(thing, home) == home


def place_of(thing: Object, home: str) -> str:
    """The namespace of an object: its release's, where that is not known or it names none."""
    return (home and thing.get("metadata", {}).get("namespace")) or home


def hooks_of(thing: Object) -> tuple[str, ...]:
    """The moments at which Helm makes an object as a hook, in small letters; none for an ordinary one."""
    annotations = thing.get("metadata", {}).get("annotations") or {}
    words = str(annotations.get(HOOK, "")).lower().split(",")
    return tuple(each.strip() for each in words if each.strip())


def template_of(thing: Object) -> Object | None:
    """The template of an object's pods; a pod is its own."""
    if thing["kind"] == "Pod":
        return thing if thing.get("spec") else None
    found: Any = thing.get("spec")
    for step in TEMPLATES.get(thing["kind"], ("no such",)):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) and found.get("spec") else None


def filled(thing: Object) -> Iterator[tuple[str, frozenset[str] | None]]:
    """The Secret that an object is or fills, with its keys where they are known."""
    name, spec = thing["metadata"]["name"], thing.get("spec") or {}
    if thing["kind"] == "Secret":
        yield name, frozenset((*(thing.get("data") or ()), *(thing.get("stringData") or ())))
    elif thing["kind"] in _FILLS:
        found: Any = spec
        for step in _FILLS[thing["kind"]]:
            found = found.get(step) if isinstance(found, Mapping) else None
        yield found or name, None


def _pod(thing: Object, template: Object, accounts: set[str]) -> Object:
    spec = dict(template["spec"])
    # Its account comes with the same manifest: a pod is not admitted before that is there.
    if spec.get("serviceAccountName") in accounts:
        del spec["serviceAccountName"]
    # A claim's volume comes with the pod of the StatefulSet: alone it would mount what is not there.
    if claims_of(thing):
        stood_in = [{"name": name, "emptyDir": {}} for name in claims_of(thing)]
        spec["volumes"] = [*(spec.get("volumes") or ()), *stood_in]
    given = template.get("metadata") or {}
    kept = {each: given[each] for each in ("labels", "annotations") if given.get(each)}
    name = f"{thing['metadata']['name'][:200]}-{thing['kind'].lower()}-preflight"
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**kept, "name": name}, "spec": spec}


def _containers(spec: Object) -> Iterator[Object]:
    for field in ("initContainers", "containers"):
        yield from spec.get(field) or ()


def _keys(spec: Object) -> Iterator[SecretKey]:
    for container in _containers(spec):
        for variable in container.get("env") or ():
            yield from _one((variable.get("valueFrom") or {}).get("secretKeyRef"))
        for source in container.get("envFrom") or ():
            yield from _one(source.get("secretRef"))
    for volume in spec.get("volumes") or ():
        sources = [volume, *((volume.get("projected") or {}).get("sources") or ())]
        for source in sources:
            yield from _mounted(source.get("secret"))


def _one(reference: Object | None) -> Iterator[SecretKey]:
    if reference and not reference.get("optional"):
        yield SecretKey(reference.get("name", ""), reference.get("key", ""))


def _mounted(source: Object | None) -> Iterator[SecretKey]:
    if not source or source.get("optional"):
        return
    name = source.get("secretName") or source.get("name", "")
    yield SecretKey(name)
    for item in source.get("items") or ():
        yield SecretKey(name, item.get("key", ""))


def _elsewhere(thing: Object, spec: Object, home: str) -> Iterator[str]:
    """The Secrets that pods of another namespace need, each with that."""
    place = thing["metadata"]["namespace"]
    names = [each.secret for each in _keys(spec)]
    names += _pull_secrets(spec)
    yield from (titled(name, place, home) for name in names)


def _pull_secrets(spec: Object) -> tuple[str, ...]:
    # A server takes one without a name, and looks for none.
    return tuple(each["name"] for each in spec.get("imagePullSecrets") or () if each.get("name"))


def _pulls(spec: Object) -> Iterator[Pull]:
    secrets = _pull_secrets(spec)
    for container in _containers(spec):
        yield Pull(str(container.get("image", "")), secrets)


def classes_of(objects: Iterable[Object]) -> tuple[str, ...]:
    """The storage classes of claims and of StatefulSets' templates of them; empty text: the default."""
    return tuple(dict.fromkeys(name for each in objects for name in _classes(each)))


def _classes(thing: Object) -> Iterator[str]:
    spec = thing.get("spec") or {}
    claims = spec.get("volumeClaimTemplates") or () if thing["kind"] == "StatefulSet" else ()
    for claim in [thing] if thing["kind"] == "PersistentVolumeClaim" else claims:
        name = (claim.get("spec") or {}).get("storageClassName")
        # An empty name is no default: that volume is somebody's work, of no class.
        if name != "":
            yield str(name or "")
